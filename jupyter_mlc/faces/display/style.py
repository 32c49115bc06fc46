"""The looks of a page in a notebook: JupyterLab's own colours, with fallbacks for other places.

Colour never stands alone: every chip, mark and warning also says in words what it means. Where a front end removes the
style (an untrusted notebook), plain tables and folds remain.
"""

from __future__ import annotations

_STAGES = {
    "candidate": "--jp-info-color1,#0288d1",
    "staging": "--jp-warn-color1,#ef6c00",
    "production": "--jp-success-color1,#388e3c",
    "deprecated": "--jp-warn-color0,#b26a00",
    "retired": "--jp-layout-color4,#757575",
    "archived": "--jp-layout-color4,#757575",
    "purged": "--jp-error-color1,#d32f2f",
    "running": "--jp-info-color1,#0288d1",
    "finished": "--jp-success-color1,#388e3c",
    "failed": "--jp-error-color1,#d32f2f",
    "lost": "--jp-error-color1,#d32f2f",
    "identical": "--jp-success-color1,#388e3c",
    "equivalent": "--jp-success-color1,#388e3c",
    "diverged": "--jp-error-color1,#d32f2f",
}

_BASE = """
.mlc.mlc{font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:var(--jp-ui-font-size1,13px);
line-height:1.5;color:var(--jp-ui-font-color1,inherit);padding:2px 0;max-width:100%}
.mlc.mlc p{margin:1px 0;font-size:inherit}
.mlc.mlc b{font-weight:600;color:var(--jp-ui-font-color0,inherit)}
.mlc.mlc span,.mlc.mlc b,.mlc.mlc td{unicode-bidi:isolate}
.mlc.mlc code{font-family:var(--jp-code-font-family,monospace);font-size:.95em;padding:0 3px;border-radius:2px;
color:inherit;background:var(--jp-layout-color2,rgba(128,128,128,.15));white-space:pre-wrap;overflow-wrap:anywhere}
.mlc.mlc pre{font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);line-height:1.4;
margin:2px 0;color:inherit;background:none;overflow:auto}
.mlc.mlc .mlc-quiet,.mlc.mlc .mlc-mark,.mlc.mlc .mlc-lead{color:var(--jp-ui-font-color2,inherit)}
.mlc.mlc .mlc-mark{font-size:.75em;padding-left:3px;cursor:help}
.mlc.mlc .mlc-prose{white-space:pre-line;overflow-wrap:anywhere}
.mlc.mlc [title]{text-decoration:none}
.mlc.mlc .mlc-warning,.mlc.mlc .mlc-finding,.mlc.mlc .mlc-note{border-left:3px solid;padding-left:7px;margin:3px 0}
.mlc.mlc .mlc-warning{border-color:var(--jp-warn-color1,#ef6c00)}
.mlc.mlc .mlc-finding{border-color:var(--jp-error-color1,#d32f2f)}
.mlc.mlc .mlc-note{border-color:var(--jp-border-color1,rgba(128,128,128,.5))}
.mlc.mlc .mlc-chip{display:inline-block;border:1px solid var(--jp-border-color1,rgba(128,128,128,.5));
border-radius:9px;padding:0 7px 0 5px;line-height:1.4;white-space:nowrap}
.mlc.mlc .mlc-chip::before{content:"";display:inline-block;width:.6em;height:.6em;border-radius:50%;
margin-right:5px;background:var(--mlc-dot,var(--jp-layout-color4,#757575))}
.mlc.mlc .mlc-word{padding:0 7px;margin-right:3px}
.mlc.mlc .mlc-word::before{content:none}
.mlc.mlc .mlc-source,.mlc.mlc .mlc-added,.mlc.mlc .mlc-removed{display:block;font-size:.95em;white-space:pre-wrap;
font-family:var(--jp-code-font-family,monospace);border-left:3px solid transparent;padding-left:5px;line-height:1.35}
.mlc.mlc .mlc-added{border-color:var(--jp-success-color1,#388e3c);background:rgba(56,142,60,.14)}
.mlc.mlc .mlc-removed{border-color:var(--jp-error-color1,#d32f2f);background:rgba(211,47,47,.12)}
.mlc.mlc .mlc-scroll{overflow:auto;max-height:32em;margin:4px 0}
.mlc.mlc table{border-collapse:collapse;border-spacing:0;margin:0;font-size:inherit;table-layout:auto;color:inherit;
font-variant-numeric:tabular-nums}
.mlc.mlc th,.mlc.mlc td{text-align:left;vertical-align:top;padding:2px 14px 2px 0;border:0;white-space:nowrap;
max-width:none;line-height:1.5}
.mlc.mlc tbody tr:nth-child(n){background:none}
.mlc.mlc .mlc-scroll td,.mlc.mlc .mlc-scroll th{padding:3px 14px 3px 4px;
border-bottom:1px solid var(--jp-border-color2,rgba(128,128,128,.25))}
.mlc.mlc .mlc-scroll tbody tr:nth-child(n):hover{background:var(--jp-layout-color2,rgba(128,128,128,.12))}
.mlc.mlc thead th{position:sticky;top:0;font-weight:600;background:var(--jp-layout-color0,Canvas)}
.mlc.mlc .mlc-right{text-align:right}
.mlc.mlc .mlc-text{white-space:normal;min-width:16em;max-width:46em;overflow-wrap:break-word}
.mlc.mlc .mlc-pad{user-select:none}
.mlc.mlc .mlc-facts th{font-weight:normal;color:var(--jp-ui-font-color2,inherit)}
.mlc.mlc .mlc-facts td{white-space:normal;overflow-wrap:anywhere}
.mlc.mlc .mlc-facts td td{white-space:nowrap}
.mlc.mlc summary{cursor:pointer}
.mlc.mlc .mlc-bar,.mlc.mlc .mlc-range{display:inline-block;position:relative;width:60px;height:.6em;margin-right:6px;
background:var(--jp-layout-color2,rgba(128,128,128,.2));border-radius:2px;overflow:hidden}
.mlc.mlc .mlc-range{width:90px}
.mlc.mlc i{position:absolute;top:0;bottom:0;background:var(--jp-brand-color1,#1976d2)}
.mlc.mlc i.mlc-wide{opacity:.35}
.mlc.mlc i.mlc-middle{background:var(--jp-ui-font-color0,#000)}
"""
_GRAPH = """
.mlc.mlc .mlc-wide{overflow:auto;margin:4px 0;padding:2px}
.mlc.mlc .mlc-graph{position:relative;width:calc(var(--w)*1em);height:calc(var(--h)*1em)}
.mlc.mlc .mlc-graph svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.mlc.mlc .mlc-graph path{fill:none;stroke:var(--jp-ui-font-color2,#808080);vector-effect:non-scaling-stroke}
.mlc.mlc .mlc-graph .mlc-weak{stroke-dasharray:4 3}
.mlc.mlc .mlc-graph ul{list-style:none;margin:0;padding:0}
.mlc.mlc .mlc-graph .mlc-node{position:absolute;left:calc(var(--x)*1em);top:calc(var(--y)*1em);width:14em;
height:4.5em;box-sizing:border-box;padding:2px 8px;line-height:1.35;border-radius:4px;
border:1px solid var(--jp-border-color0,#808080);background:var(--jp-layout-color0,transparent)}
.mlc.mlc .mlc-graph .mlc-middle{border:2px solid var(--jp-brand-color1,#1976d2);padding:1px 7px}
.mlc.mlc .mlc-graph .mlc-row{display:block;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.mlc.mlc .mlc-graph .mlc-row .mlc-chip{line-height:1.1}
.mlc.mlc .mlc-plain{display:none}
.mlc.mlc .mlc-time{width:100%;max-width:72em;margin:4px 0;table-layout:auto}
.mlc.mlc .mlc-time th{font-weight:normal;width:1%;padding:2px 14px 2px 4px}
.mlc.mlc .mlc-time td{padding:2px 0}
.mlc.mlc .mlc-time tr:nth-child(n){background:none}
.mlc.mlc .mlc-time .mlc-axis{display:table-row}
.mlc.mlc .mlc-lane{position:relative;height:1.6em}
.mlc.mlc .mlc-stretch{position:absolute;top:0;bottom:0;left:calc(var(--a)*1%);width:calc(var(--b)*1% - 1px);
box-sizing:border-box;padding:0 5px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;line-height:1.5;
border:1px solid var(--mlc-dot,var(--jp-border-color0,#808080));border-left-width:4px;border-radius:2px}
.mlc.mlc .mlc-candidate.mlc-stretch{border-style:dotted;border-left-style:solid}
.mlc.mlc .mlc-staging.mlc-stretch{border-style:dashed;border-left-style:solid}
.mlc.mlc .mlc-production.mlc-stretch,.mlc.mlc .mlc-champion.mlc-stretch{border-width:2px 2px 2px 4px;line-height:1.4;
font-weight:600;background:rgba(128,128,128,.14)}
.mlc.mlc .mlc-champion.mlc-stretch{--mlc-dot:var(--jp-brand-color1,#1976d2)}
.mlc.mlc .mlc-deprecated.mlc-stretch{border-style:double;border-width:3px 3px 3px 4px;line-height:1.2}
.mlc.mlc .mlc-retired.mlc-stretch,.mlc.mlc .mlc-archived.mlc-stretch,.mlc.mlc .mlc-purged.mlc-stretch{
border-color:transparent;border-left-color:var(--mlc-dot)}
.mlc.mlc .mlc-tick{position:absolute;left:calc(var(--a)*1%);white-space:nowrap;padding-left:4px;font-size:.9em;
border-left:1px solid var(--jp-border-color1,#808080);color:var(--jp-ui-font-color2,inherit)}
"""


def style() -> str:
    """The style sheet, without needless white space."""
    chips = "".join(f".mlc.mlc .mlc-{stage}{{--mlc-dot:var({colour})}}" for stage, colour in _STAGES.items())
    return (_BASE + _GRAPH).strip().replace(",\n", ",").replace(";\n", ";").replace("\n", "") + chips


def is_known(stage: str) -> bool:
    """Whether a stage or status has a colour of its own."""
    return stage in _STAGES
