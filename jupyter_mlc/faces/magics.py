"""``%mlc`` and ``%%mlc``, and all that ``%load_ext jupyter_mlc`` hooks into the shell."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from IPython.core.error import StdinNotImplementedError, UsageError  # noqa: TID253 (loaded by IPython alone)
from IPython.core.magic import (  # noqa: TID253 (loaded by IPython alone)
    Magics,
    line_cell_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)
from traitlets import Bool, Int, Unicode, observe

from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.domain.errors import BadInput, MlcError, NotFound
from jupyter_mlc.faces.announced import announce
from jupyter_mlc.faces.arguments import Call, parse
from jupyter_mlc.faces.bodies import awaits, execute
from jupyter_mlc.faces.completion import Completer
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.expressions import Namespace, with_variable
from jupyter_mlc.faces.help import HelpText, overview
from jupyter_mlc.faces.hush import hush
from jupyter_mlc.faces.plain import plain_data
from jupyter_mlc.faces.present import somebody_is_there
from jupyter_mlc.faces.progress import Bar, NotebookLine, TerminalLine
from jupyter_mlc.faces.telling import Untold
from jupyter_mlc.verbs.base import VERBS, Reply
from jupyter_mlc.verbs.context import silent

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell


@magics_class
class MlcMagics(Magics):
    """The model registry in this notebook.

    Parameters
    ----------
    shell : InteractiveShell
        Where the notebook runs.
    desk : Desk, optional
        Who carries out the calls; by default one on the registry that the configuration names.
    """

    registry = Unicode("", help="URL or folder of the registry; empty: that of the working folder").tag(config=True)
    ask = Bool(default_value=True, help="ask before what cannot be taken back; else --yes must be typed").tag(
        config=True
    )
    banner = Bool(default_value=True, help="greet when the extension is loaded").tag(config=True)
    rows = Int(0, min=0, help="rows of a list where --limit is not typed; 0: as the verb says").tag(config=True)

    def __init__(self, shell: InteractiveShell, desk: Desk | None = None) -> None:
        super().__init__(shell)
        self.here = shell
        self.has_greeted = False
        self.recorder = Recorder()
        self.desk = desk or Desk(self.registry, recorder=self.recorder, namespace=lambda: shell.user_ns)
        self.desk.warn = _warn
        self.untold = Untold()
        self._announced: tuple[str, str] | None = None
        self.desk.tell = self.untold.add
        self.completer = Completer(desk=self.desk, variables=lambda: shell.user_ns)

    @needs_local_scope
    @no_var_expand
    @line_cell_magic
    def mlc(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> object:
        __tracebackhide__ = True
        try:
            return self._answer(line, cell, local_ns)
        except MlcError as error:
            raise UsageError(error.text) from None

    mlc.__doc__ = "Model lifecycle management: %mlc shows what there is."
    mlc.getdoc = lambda: f"Model lifecycle management.\n\n{overview(VERBS)}"  # type: ignore[union-attr]  # what %mlc? shows

    def _answer(self, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> object:
        __tracebackhide__ = True
        names = Namespace(outer=self.here.user_ns, inner=local_ns or {})
        call = parse(line, cell, names=names)
        if isinstance(call, HelpText):
            return call
        call = self._with_rows(call)
        is_watched = somebody_is_there(self.here)
        bar, before = Bar(line=self._line()), self.desk.progress
        self.desk.ask = _ask if self.ask and is_watched else None
        self.desk.progress = bar if is_watched else silent
        try:
            answer = self.desk.carry_out(call) if cell is None else self._run_cell(call, cell)
        except NotFound as error:
            raise with_variable(error, call.values.values(), names) from None
        finally:
            bar.end()
            self.desk.progress = before
        return plain_data(answer) if call.json and isinstance(answer, Reply) else answer

    def _line(self) -> NotebookLine | TerminalLine:
        """Where progress is shown."""
        if getattr(self.here, "kernel", None) is None:
            return TerminalLine(stream=sys.stdout)
        return NotebookLine(publish=self.here.display_pub.publish)

    def _with_rows(self, call: Call) -> Call:
        takes_limit = any(argument.name == "limit" for argument in call.verb.arguments())
        if not self.rows or not takes_limit or "limit" in call.values:
            return call
        return replace(call, values={**call.values, "limit": self.rows})

    def _run_cell(self, call: Call, cell: str) -> object:
        """Run the cell as a run; what it raises is shown as if there were no magic around it."""
        __tracebackhide__ = True
        if awaits(self.here, cell):
            block = f"with mlc.run({call.values['name']!r}) as run:"
            raise BadInput("a cell below %%mlc cannot await", hint=f"write it in a block: {block}")
        raised: list[BaseException] = []

        def run(source: str) -> BaseException | None:
            error = execute(self.here, source)
            raised.extend([error] if error is not None else [])
            return error

        answer = self.desk.run_cell(call, cell, run)
        if raised:
            raise raised[0]
        return answer

    @observe("registry")
    def _use(self, change: dict[str, Any]) -> None:
        if hasattr(self, "desk"):
            self.desk.configured = change["new"]
            self.desk.use(change["new"])

    # What the shell tells us

    def begin_cell(self, info: ExecutionInfo) -> None:
        """Take note that a cell begins."""
        stored = bool(info.store_history and not info.silent)
        self.recorder.begin(info.cell_id, info.raw_cell or "", stored=stored)

    def end_cell(self, result: ExecutionResult) -> None:
        """Take note that the cell ended, and tell what nobody has seen in it."""
        self.recorder.end(bool(result.success))
        for warning in self.untold.taken():
            _warn(warning)
        self._announce()

    def show_panel(self, reply: Reply, shell: Any) -> None:
        """Show a reply as a panel that asks this desk."""
        from jupyter_mlc.faces.widgets import show

        show(reply, shell, self.desk)
        self.untold.shown(reply)

    def _announce(self) -> None:
        """Tell the server of this kernel which registry is used here, once it is known."""
        application = getattr(getattr(self.here, "kernel", None), "parent", None)
        connection_file = getattr(application, "abs_connection_file", "")
        used = self.desk.used if connection_file else None
        if used is not None and used != self._announced:
            self._announced = used
            announce(connection_file, *used)


def _warn(text: str) -> None:
    """Tell it every time: Python's own warnings are shown once a line."""
    print(f"warning: {text}", file=sys.stderr)


def _ask(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except (StdinNotImplementedError, EOFError):
        raise BadInput(question, hint="nobody can be asked here; to go ahead without being asked, add --yes") from None


def loaded(shell: InteractiveShell) -> MlcMagics | None:
    """The magics of this shell, where the extension is loaded."""
    found = shell.magics_manager.registry.get(MlcMagics.__name__)
    return found if isinstance(found, MlcMagics) else None


def load(shell: InteractiveShell, *, greet: bool = True) -> None:
    """Hook everything into the shell; a second time does nothing, but greet whoever was not greeted."""
    magics = loaded(shell) or _hooked_in(shell)
    if greet and magics.banner and not magics.has_greeted:
        magics.has_greeted = True
        print(magics.desk.banner())


def _hooked_in(shell: InteractiveShell) -> MlcMagics:
    magics = MlcMagics(shell)
    matcher = magics.completer.matcher
    shell.register_magics(magics)
    history = list(shell.history_manager.input_hist_raw) if shell.history_manager else []
    magics.recorder.adopt(history, _running_cell(shell, history))
    shell.events.register("pre_run_cell", magics.begin_cell)
    shell.events.register("post_run_cell", magics.end_cell)
    shell.input_transformers_post.append(hush)
    shell.Completer.custom_matchers.append(matcher)
    _displays("register", shell, magics.untold.shown, magics.show_panel)
    return magics


def _running_cell(shell: InteractiveShell, history: Sequence[str]) -> str:
    """The id of the cell that loads the extension: its request is still the kernel's parent."""
    get_parent = getattr(getattr(shell, "kernel", None), "get_parent", dict)
    parent: Mapping[str, Any] = get_parent() or {}
    is_it = bool(history) and parent.get("content", {}).get("code") == history[-1]
    return str(parent.get("metadata", {}).get("cellId") or "") if is_it else ""


def _displays(what: str, shell: InteractiveShell, *more: object) -> None:
    from jupyter_mlc.faces import display

    getattr(display, what)(shell, *more)


def unload(shell: InteractiveShell) -> None:
    """Take everything out of the shell again."""
    magics = loaded(shell)
    if magics is None:
        return
    _displays("unregister", shell)
    shell.Completer.custom_matchers.remove(magics.completer.matcher)
    shell.input_transformers_post.remove(hush)
    shell.events.unregister("pre_run_cell", magics.begin_cell)
    shell.events.unregister("post_run_cell", magics.end_cell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("mlc", None)
    shell.magics_manager.registry.pop(MlcMagics.__name__)
    shell.configurables.remove(magics)  # type: ignore[arg-type]
    magics.desk.close()
