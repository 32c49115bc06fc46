"""How replies look that made or opened something: versions and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import FILE
from jupyter_mlc.faces.display.blocks import Line, Page, Para, Role, head, joined, line, para, quiet, span, stage
from jupyter_mlc.faces.display.figures import digest, legend, marked, scalar, size
from jupyter_mlc.faces.display.words import counted
from jupyter_mlc.store.elsewhere import shown

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Feature, Signature
    from jupyter_mlc.verbs.load import LoadReply
    from jupyter_mlc.verbs.register import RegisterReply
    from jupyter_mlc.verbs.run import RunReply
    from jupyter_mlc.verbs.run_end import RunEndReply
    from jupyter_mlc.verbs.run_log import RunLogReply

_MOST = 10
"""findings and notes that are told one by one"""
_PASSED, _SKIPPED, _FILES = "passed", "skipped", "not needed: files"


def register_page(reply: RegisterReply) -> Page:
    """The new version, and what was captured with it."""
    blocks = [head(reply.version, _standing(reply), _object(reply), _parameters(reply))]
    captured = joined([joined([reply.summary, _data(reply)], ", "), _signature(reply.signature)])
    if captured:
        blocks.append(Para(line=captured))
    if reply.logged is not None:
        blocks.append(para(f"with {reply.run}{': ' if reply.logged else ''}{', '.join(reply.logged)}"))
    if reply.place:
        blocks.append(
            para(f"by reference: the bytes stay in {shown(reply.place)}, and the registry does not keep them")
        )
    if reply.job:
        blocks.append(para(f"in {reply.job}{f', retrained from {reply.parent}' if reply.parent else ''}"))
    if reply.same_bytes_as:
        blocks.append(para(f"the same bytes as {reply.same_bytes_as}"))
    findings = tuple(one for one in reply.findings if one not in reply.warnings)
    notes = tuple(one for one in reply.notes if one not in (*reply.warnings, *reply.findings))
    return Page(
        blocks=tuple(blocks),
        remarks=(*remarks(findings, Role.FINDING), *remarks(notes, Role.NOTE)),
        last=line(f"loads in a fresh process: {loads(reply.load_check)}"),
    )


def _standing(reply: RegisterReply) -> Line:
    return line("" if reply.done else "would become ", stage(reply.stage))


def _object(reply: RegisterReply) -> Line:
    name = reply.class_name or reply.format
    return line(span(f"{name} {size(reply.size)}", title=f"stored as {reply.format}, {reply.size:,} bytes"))


def _parameters(reply: RegisterReply) -> str:
    return f"{counted(reply.params, 'parameter')} read from the model" if reply.params else ""


def _data(reply: RegisterReply) -> str:
    return f"data {', '.join(reply.datasets)}" if reply.datasets else ""


def _signature(signature: Signature) -> Line:
    if not signature.inputs and not signature.outputs:
        return ()
    known = f"{len(signature.inputs)} in" if signature.inputs else "of inputs not known (--sample ROWS shows them)"
    text = f"signature {known}, {len(signature.outputs)} out"
    return line(span(text, title=f"{features(signature.inputs)} -> {features(signature.outputs)}"))


def features(found: tuple[Feature, ...]) -> str:
    """The inputs or outputs of a model in a line."""
    return ", ".join(_feature(feature) for feature in found) or "not known"


def _feature(feature: Feature) -> str:
    shape = f"[{', '.join(map(str, feature.shape))}]" if feature.shape else ""
    return f"{feature.name} {feature.type}{shape}".strip()


def loads(check: str) -> str:
    """The outcome of the load check as an answer: ``yes, in 0.8 s``, ``not tried: --no-load-check``."""
    if check == _FILES:
        return "not needed, load gives a path"
    if check.startswith(_PASSED):
        return f"yes{check.removeprefix(_PASSED).replace(' in ', ', in ', 1)}"
    return f"not tried{check.removeprefix(_SKIPPED)}" if check.startswith(_SKIPPED) else check


def remarks(found: tuple[str, ...], role: Role) -> tuple[Para, ...]:
    """Each as a line of its own, as far as somebody would read them."""
    rest = len(found) - _MOST
    more = (para(quiet(f"and {rest:,} more"), role=role),) if rest > 0 else ()
    return (*(para(one, role=role) for one in found[:_MOST]), *more)


def run_page(reply: RunReply) -> Page:
    """The run that is open now."""
    params = joined([f"{key}={scalar(value)}" for key, value in reply.params.items()], ", ")
    if not reply.done:
        return Page(blocks=(head(f"a run of {reply.name}", "would be started", params),))
    return Page(blocks=(head(reply.run, line(f"of {reply.name} ", stage("running")), params),))


def run_end_page(reply: RunEndReply) -> Page:
    """The run as it ended."""
    metrics = joined([joined([one.key, *marked(one)], " ") for one in reply.metrics], "  ")
    explained = legend(one.standing for one in reply.metrics)
    first = head(reply.run, line(stage(reply.status)), metrics)
    return Page(blocks=(first, Para(line=explained, role=Role.QUIET)) if explained else (first,))


def run_log_page(reply: RunLogReply) -> Page:
    """How many points were kept."""
    return Page(blocks=(head("the open run", f"{counted(reply.kept, 'point')} kept"),))


def load_page(reply: LoadReply) -> Page:
    """What is opened, and whose word it is taken on."""
    if reply.format == FILE:
        return Page(blocks=(head(reply.version, line(stage(reply.stage)), line("file ", digest(reply.artifact))),))
    kept = joined([f"{reply.format} in {counted(len(reply.blobs), 'blob')}", line(digest(reply.artifact))])
    trust = (
        f"signed by {reply.signed_by}: trusted, it loads as it is"
        if reply.trusted
        else f"signed by {reply.signed_by}, by no key of yours: only what is known to be harmless is loaded"
    )
    return Page(blocks=(head(reply.version, line(stage(reply.stage)), kept), para(trust)))
