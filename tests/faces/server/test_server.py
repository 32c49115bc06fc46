"""Every verb as a route of a Jupyter server: who may ask, what is answered, and what is told when something changes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_mlc.faces.announced import announce, announced, forget
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.server.app import CHANGED
from jupyter_mlc.faces.server.settings import Settings, settings_folder
from jupyter_mlc.verbs.run import Run
from jupyter_mlc.verbs.session import LocalSession

Ask = Callable[..., Awaitable[tuple[int, Any]]]


async def test_a_verb_is_asked_and_answers(ask: Ask, desk: Desk) -> None:
    status, told = await ask("list", {"what": "churn"})
    assert status == 200
    assert [version["number"] for version in told["versions"]] == [2, 1]


async def test_a_move_can_be_tried_first_and_then_made(ask: Ask, desk: Desk) -> None:
    status, tried = await ask("promote", {"ref": "churn:2", "to": "production", "dry_run": True})
    assert (status, tried["done"], tried["stage"]) == (200, False, "production")
    status, made = await ask("promote", {"ref": "churn:2", "to": "production", "reason": "best"})
    assert (status, made["done"], made["champion"]) == (200, True, "churn:2")


async def test_what_cannot_be_taken_back_is_asked_for_with_a_token(ask: Ask, desk: Desk) -> None:
    status, question = await ask("discard", {"refs": ["churn:1"]})
    assert status == 409
    assert question["code"] == "needs-confirmation"
    status, told = await ask("discard", {"refs": ["churn:1"], "confirm": question["token"]})
    assert (status, told["done"]) == (200, True)


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("list", {"limit": "ten"}, 400, "the body does not fit: Expected `int`, got `str` - at `$.limit`"),
        ("list", b"{", 400, "the body is no JSON: Expecting property name enclosed in double quotes: "),
        ("list", b"[1]", 400, "the body does not fit: Expected `object`, got `array`"),
        ("shwo", {}, 404, "there is no /jupyter-mlc/v1/shwo"),
        ("show", {"ref": "fraud"}, 404, "there is no model 'fraud'"),
        ("evaluate", {"refs": ["churn:1"], "data": []}, 400, ""),
    ],
)
async def test_what_does_not_fit_is_refused_with_the_field(
    ask: Ask, desk: Desk, path: str, body: object, status: int, message: str
) -> None:
    answered, told = await ask(path, body)
    assert answered == status
    assert told["message"].startswith(message)


async def test_a_verb_takes_no_get(ask: Ask, desk: Desk) -> None:
    status, told = await ask("list", method="GET")
    assert (status, told["message"]) == (405, "/jupyter-mlc/v1/list takes POST, not GET")


async def test_bytes_go_by_their_digest(ask: Ask, desk: Desk) -> None:
    digest = f"sha256:{hashlib.sha256(b'model').hexdigest()}"
    assert await ask(f"blobs/{digest}", b"model", method="PUT") == (200, {})
    assert await ask(f"blobs/{digest}", method="GET") == (200, b"model")
    status, told = await ask(f"blobs/{digest}", b"other", method="PUT")
    assert (status, told["message"]) == (400, f"the bytes sent are not {digest}")


async def test_a_registry_that_is_not_made_yet_is_not_made_by_looking(ask: Ask, tmp_path: Path) -> None:
    status, told = await ask("list")
    assert (status, told["message"]) == (404, f"{tmp_path / 'registry'} is not made yet")
    assert not (tmp_path / "registry" / "registry.db").exists()
    status, known = await ask("registries", method="GET")
    assert (status, known) == (200, [{"uuid": "", "shown": str(tmp_path / "registry"), "own": True, "kernels": []}])


# What is told


def _last(desk: Desk) -> int:
    session = desk.session
    assert isinstance(session, LocalSession)
    return session.registry.head().seq


async def test_whoever_listens_is_told_that_another_process_changed_the_registry(
    ask: Ask, jp_serverapp: Any, desk: Desk
) -> None:
    heard: list[Any] = []

    async def listen(**told: Any) -> None:
        heard.append(told["data"])

    jp_serverapp.event_logger.add_listener(schema_id=CHANGED, listener=listen)
    await jp_serverapp.extension_manager.start_all_extensions()
    status, told = await ask("tag", {"ref": "churn:1", "tags": {"team": "ops"}})
    assert status == 200, told
    registry, seq = desk.used, _last(desk)
    assert registry is not None
    for _ in range(200):
        await asyncio.sleep(0.05)
        if heard and heard[-1]["seq"] >= seq:
            break
    assert (heard[-1]["registry"], heard[-1]["seq"]) == (registry[0], seq)
    await jp_serverapp.extension_manager.stop_all_extensions()


def _used_by_a_kernel(server: Any, monkeypatch: pytest.MonkeyPatch, registry: tuple[str, str]) -> None:
    """Say that a kernel ``k-1`` of the server uses a registry."""
    monkeypatch.setattr(server.kernel_manager, "list_kernel_ids", lambda: ["k-1"])
    runtime = Path(server.runtime_dir)
    runtime.mkdir(parents=True, exist_ok=True)
    announce(str(runtime / "kernel-k-1.json"), *registry)


async def test_the_panel_follows_the_registry_of_a_kernel_by_its_uuid(
    ask: Ask, jp_serverapp: Any, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Desk(str(tmp_path / "other"))
    other.call(Run(name="fraud"))
    used = other.used
    assert used is not None
    _used_by_a_kernel(jp_serverapp, monkeypatch, used)
    _, known = await ask("registries", method="GET")
    assert known[1] == {"uuid": used[0], "shown": used[1], "own": False, "kernels": ["k-1"]}
    status, told = await ask("list", {"runs": True, "what": "fraud"}, params={"registry": used[0]})
    assert (status, len(told["runs"])) == (200, 1)
    status, told = await ask("list", params={"registry": "nobody's"})
    assert (status, told["message"]) == (404, "no kernel of this server uses a registry nobody's")
    other.close()
    monkeypatch.undo()  # the server ends its kernels


def test_what_a_kernel_said_in_pieces_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "mlc-k-1.json").write_text('{"uuid": "a"')
    assert announced(tmp_path, "k-1") is None
    announce(str(tmp_path / "missing" / "kernel-k-2.json"), "a", "b")  # nobody is held up
    announce(str(tmp_path / "kernel-k-1.json"), "a", "b")
    assert json.loads((tmp_path / "mlc-k-1.json").read_text()) == {"uuid": "a", "url": "b"}
    assert (tmp_path / "mlc-k-1.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "kernel-k-3.json").touch()
    announce(str(tmp_path / "kernel-k-3.json"), "a", "b")
    forget(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernel-k-3.json", "mlc-k-3.json"]


# Which registry is the server's own


@pytest.fixture
def set_for_the_panel(jp_serverapp: Any, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Sets a person's settings as JupyterLab keeps them, on a server that was started on no registry."""
    (mlc,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    started_on, mlc.registry = mlc.registry, ""
    apps = {"jupyter_mlc": [mlc], "lab": [SimpleNamespace(user_settings_dir=str(tmp_path / "settings"))]}
    server = SimpleNamespace(extension_manager=SimpleNamespace(extension_apps=apps))
    mlc.settings_of_panel = Settings(lambda: settings_folder(server))
    file = tmp_path / "settings" / "jupyter-mlc" / "plugin.jupyterlab-settings"
    file.parent.mkdir(parents=True)

    def save(text: str) -> None:
        file.write_text(text, "utf-8")

    yield save
    mlc.registry = started_on


async def test_the_registry_that_a_person_has_set_is_shown_from_then_on(
    ask: Ask, desk: Desk, set_for_the_panel: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "elsewhere"))

    async def shown() -> str:
        _, known = await ask("registries", method="GET")
        return str(known[0]["shown"])

    assert await shown() == str(tmp_path / "elsewhere")
    set_for_the_panel('{\n  // Registry\n  "registry": " %s ",\n}' % (tmp_path / "registry"))
    assert await shown() == str(tmp_path / "registry")
    status, told = await ask("list", {"what": "churn"})
    assert (status, len(told["versions"])) == (200, 2)
    set_for_the_panel('{"columns": []}')
    assert await shown() == str(tmp_path / "elsewhere")
    assert desk.used is not None
    not_heard_yet = {"registry": desk.used[0]}
    status, told = await ask("list", {"what": "churn"}, params=not_heard_yet)
    assert (status, len(told["versions"])) == (200, 2)


async def test_whoever_listens_is_told_whenever_another_registry_is_the_server_s_own(
    desk: Desk, jp_serverapp: Any, set_for_the_panel: Callable[[str], None], tmp_path: Path
) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(**told: Any) -> None:
        heard.append(told["data"])

    async def until(is_so: Callable[[], bool]) -> None:
        for _ in range(200):
            await asyncio.sleep(0.05)
            if is_so():
                break

    (mlc,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    registry = '{"registry": "%s"}' % (tmp_path / "registry")
    jp_serverapp.event_logger.add_listener(schema_id=CHANGED, listener=listen)
    set_for_the_panel(registry)
    await jp_serverapp.extension_manager.start_all_extensions()
    await until(lambda: len(heard) == 1)
    set_for_the_panel('{"registry": "%s"}' % (tmp_path / "elsewhere"))
    await until(lambda: not mlc._ticks)
    set_for_the_panel(registry)
    await until(lambda: len(heard) == 2)
    assert desk.used is not None
    assert [(told["registry"], told["own"]) for told in heard] == [(desk.used[0], True)] * 2
    assert heard[0] == heard[1]
    await jp_serverapp.extension_manager.stop_all_extensions()


async def test_settings_that_cannot_be_used_are_told(
    ask: Ask, desk: Desk, set_for_the_panel: Callable[[str], None], tmp_path: Path
) -> None:
    set_for_the_panel('{"registry": "s3://models"}')
    status, told = await ask("list")
    assert (status, told["message"]) == (400, "no registry lives at s3://")
    set_for_the_panel('{"registry": ')
    status, told = await ask("list")
    file = tmp_path / "settings" / "jupyter-mlc" / "plugin.jupyterlab-settings"
    assert (status, told["hint"]) == (400, "mend it: Settings, Model registry")
    assert told["message"].startswith(f"{file} cannot be read: ")


async def test_where_nothing_lives_at_what_is_set_the_registries_of_kernels_are_still_shown(
    ask: Ask, jp_serverapp: Any, desk: Desk, set_for_the_panel: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (mlc,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    used = desk.used
    assert used is not None
    _used_by_a_kernel(jp_serverapp, monkeypatch, used)
    set_for_the_panel('{"registry": "s3://models"}')
    status, known = await ask("registries", method="GET")
    assert (status, [one["shown"] for one in known]) == (200, ["no registry lives at s3://", used[1]])
    assert [tick.registry for tick in mlc.registries.ticks()] == [used[0]]
    monkeypatch.undo()  # the server ends its kernels


async def test_what_cannot_be_read_is_no_other_registry(
    ask: Ask, desk: Desk, set_for_the_panel: Callable[[str], None], tmp_path: Path
) -> None:
    file = tmp_path / "settings" / "jupyter-mlc" / "plugin.jupyterlab-settings"
    file.mkdir()
    status, told = await ask("list")
    assert (status, told["message"]) == (400, f"{file} cannot be read: Is a directory")


async def test_who_runs_the_server_may_have_settings_ignored_and_no_schedule_heeds_them(
    jp_serverapp: Any, set_for_the_panel: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLC_REGISTRY", "of-the-server")
    (mlc,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    set_for_the_panel('{"registry": "of-ana"}')
    assert (mlc._url(), mlc._without_settings()) == ("of-ana", "of-the-server")
    mlc.heed_settings = False
    assert mlc._url() == "of-the-server"
    mlc.heed_settings = True


async def test_what_the_server_was_started_on_goes_before_what_is_set(
    ask: Ask, desk: Desk, jp_serverapp: Any, set_for_the_panel: Callable[[str], None], tmp_path: Path
) -> None:
    (mlc,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    mlc.registry = str(tmp_path / "registry")
    set_for_the_panel('{"registry": "/nowhere"}')
    _, known = await ask("registries", method="GET")
    assert known[0]["shown"] == str(tmp_path / "registry")


def test_without_jupyterlab_nobody_has_set_anything(jp_serverapp: Any) -> None:
    assert settings_folder(jp_serverapp) is None
    assert Settings(lambda: None).registry == ""
