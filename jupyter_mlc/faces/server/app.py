"""The server extension: ``jupyter lab`` and ``jupyter server`` load it where jupyter_mlc is installed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import PeriodicCallback
from traitlets import Bool, Integer, Unicode

from jupyter_mlc.faces.announced import forget
from jupyter_mlc.faces.calls import Calls
from jupyter_mlc.faces.server.handlers import Answering, handlers
from jupyter_mlc.faces.server.placing import placed
from jupyter_mlc.faces.server.registries import Registries, Tick
from jupyter_mlc.faces.server.settings import Settings, settings_folder
from jupyter_mlc.faces.server.worker import ServersWorker
from jupyter_mlc.store.places import default_url

CHANGED = "https://events.jupyter.org/jupyter_mlc/registry_changed"
_SCHEMA = Path(__file__).parent / "registry_changed.yaml"


class MlcApp(ExtensionApp):
    """Answers for the registry, and tells whoever listens when it has changed."""

    name = "jupyter_mlc"
    extension_url = "/jupyter-mlc"
    load_other_extensions = True

    registry = Unicode(
        "", help="URL or folder of the registry; empty: that of the panel's settings, else of the server's folder"
    ).tag(config=True)
    heed_settings = Bool(
        default_value=True,
        help="whether the registry that a person has set for the panel is the server's own, where none is named here",
    ).tag(config=True)
    watch_ms = Integer(1000, help="how often the end of the log and running jobs are looked at").tag(config=True)
    threads = Integer(4, help="how many requests are answered at the same time").tag(config=True)
    calls = Integer(2, help="how many processes run models or prepare notebooks at the same time").tag(config=True)

    worker = Bool(
        default_value=False,
        help="whether schedules are begun by a child of the server, as you: those of the registry that is named here, "
        "else of the one that its folder leads to, whatever the panel shows",
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """What the routes share."""
        server = self._server
        server.event_logger.register_event_schema(_SCHEMA)
        self.settings_of_panel = Settings(lambda: settings_folder(server))
        self.pool = ThreadPoolExecutor(max_workers=self.threads, thread_name_prefix="mlc")
        self.registries = Registries(self._url, Path(server.runtime_dir), self._kernels)
        self.elsewhere = Calls(self._root, at_once=self.calls, complain=server.log.error)
        self.servers_worker = ServersWorker(self._without_settings, self._root, server.log) if self.worker else None
        self._ticks: dict[str, Tick] = {}
        self._watch: PeriodicCallback | None = None

    def initialize_handlers(self) -> None:
        """The routes."""
        answering = Answering(
            registries=self.registries, threads=self.pool, calls=self.elsewhere, placed=placed(self._root)
        )
        self.handlers.extend(handlers(answering))

    def _kernels(self) -> list[str]:
        return list(self._server.kernel_manager.list_kernel_ids())

    @property
    def _server(self) -> Any:
        return self.serverapp

    @property
    def _root(self) -> Path:
        return Path(self._server.root_dir)

    def _url(self) -> str:
        is_set = self.heed_settings and not self.registry
        return (self.settings_of_panel.registry if is_set else "") or self._without_settings()

    def _without_settings(self) -> str:
        return self.registry or default_url(self._root)

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:  # noqa: ARG002 (the server's protocol)
        forget(Path(self._server.runtime_dir))
        self._watch = PeriodicCallback(self._look, self.watch_ms)
        self._watch.start()
        if self.servers_worker is not None:
            self.servers_worker.start()

    async def _look(self) -> None:
        """Look how far the registries are, in a thread: a database may be slow."""
        import asyncio

        found = await asyncio.get_running_loop().run_in_executor(self.pool, lambda: list(self.registries.ticks()))
        before, self._ticks = self._ticks, {tick.registry: tick for tick in found}
        for tick in found:  # one that was another's for a while is told anew
            if before.get(tick.registry) != tick:
                self._server.event_logger.emit(schema_id=CHANGED, data=asdict(tick))

    async def stop_extension(self) -> None:
        """Stop looking, end the worker and calls, and close what is open."""
        if self._watch is not None:
            self._watch.stop()
        if self.servers_worker is not None:
            self.servers_worker.stop()
        self.elsewhere.close()
        self.pool.shutdown()
        self.registries.close()
