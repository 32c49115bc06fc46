"""The words of other tools: each is answered with the line to type here, made of the words that came with it.

A template names its slots; a slot takes the fitting words from the line, else stands there as a placeholder:

- ``{model}``, ``{object}``: the object is the word that the notebook knows, the model the other one
- ``{ref}``: a version, also written as two words (``churn 3``); ``{name}``: a model without a version
- ``{refs}``: versions, also written as a model and numbers (``churn 1 3``)
- ``{to}``: a stage and a space, where one was typed; ``{release}``: of this package
- ``{stage}``, ``{alias}``, ``{pair}`` (``auc .7`` is ``auc=.7``), ``{file}``, ``{rest}`` (whatever was typed)
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mlc.domain.names import STAGE_WORDS

if TYPE_CHECKING:
    from jupyter_mlc.faces.expressions import Namespace
    from jupyter_mlc.faces.line import Word
    from jupyter_mlc.verbs.base import Verb

_TABLE = """
%mlc register {model} {object}
    log_model save_model save log add create publish push upload create_model register_model create_model_version
    create_registered_model autolog commit
%mlc register NAME OBJECT --metric {pair}, or within a run: run.log({pair})
    log_metric log_metrics metric metrics
%mlc register NAME OBJECT --param {pair}, or for a run: %%mlc run NAME --param {pair}
    log_param log_params param params
%%mlc run NAME, and in that cell: run.log_file({file})
    log_artifact log_artifacts log_figure log_image log_text log_dict log_table
%%mlc run {name}
    start_run start create_run experiment create_experiment set_experiment train fit
%mlc promote {ref} {stage}
    transition transition_model_version_stage stage set_stage move approve_version release ship
%mlc discard {ref} for a candidate, %mlc retire {ref} for what was promoted
    delete delete_model delete_version delete_model_version delete_registered_model rm remove drop destroy
%mlc show {ref}
    describe get info inspect view details get_model_version get_registered_model get_run cat head print card
%mlc show {ref} --curves
    plot plots chart charts curves
%mlc list {rest}
    search search_models search_runs search_model_versions search_registered_models search_experiments
    ls find query select models versions experiments status leaderboard get_latest_versions
m = %mlc load {ref}
    load_model open checkout
%mlc fetch {ref}
    download download_artifacts pull get_artifact
%mlc alias {ref} {alias}
    set_alias set_registered_model_alias aliases
%mlc alias {ref} {alias} --remove
    delete_alias delete_registered_model_alias unalias remove_alias
%mlc tag {ref} {pair}
    set_tag set_tags set_model_version_tag set_registered_model_tag tags label
%mlc edit {ref} --description TEXT
    update update_model_version update_registered_model set_description annotate
%mlc dataset add {model} {object}
    log_input log_dataset add_dataset
%mlc history {name}
    events changelog timeline blame get_metric_history
%mlc rollback {name}
    revert reset
%mlc rollback {name} for the champion, %mlc promote {ref} candidate for what is in staging
    demote
%mlc retire {ref}
    archive sunset disable decommission
%mlc lineage {ref}
    dag graph provenance trace
a model keeps its name; to go on under another one: m = %mlc load {name}, then %mlc register NEW-NAME m
    rename mv rename_registered_model
nothing is approved in this release; whoever moves a version says why: %mlc promote {ref} {stage} "reason"
    approve reject approval request policy sign_off
a notebook completes by Tab; for a terminal: jupyter mlc --completion bash
    completion completions autocomplete
the settings of a notebook are listed by %config MlcMagics; another registry is used by %mlc use PATH
    config configure settings set_config
%mlc use {rest}
    set_tracking_uri set_registry_uri connect login
%mlc verify
    fsck check_integrity
%mlc copy {ref} NAME.tar
    export save dump clone copy_model_version cp
%mlc copy NAME.tar
    import
%mlc copy mlflow://HOST:PORT
    migrate import_models import_all import_mlflow from_mlflow
%mlc admin backup FOLDER
    backup snapshot
%mlc admin usage
    usage du disk_usage
%mlc admin doctor
    doctor diagnose health
%mlc admin gc
    gc prune cleanup
%mlc compare {refs}
    diff versus vs compare_runs contrast
%mlc evaluate {ref} --data DATA --target COLUMN
    score benchmark cross_validate cross_val_score evaluate_model make_metric
%mlc promote {ref} {to}--dry-run
    check
%mlc list {name} --runs
    runs list_runs
%mlc admin key
    whoami who
this is jupyter_mlc {release}; in a terminal: jupyter mlc --version
    version
nothing is monitored in this release; to judge a version on new data: %mlc evaluate {ref} --data DATA --target COLUMN
    monitor monitoring drift watch alert alerts
a deprecated version serves again by %mlc promote {ref} production, your own last act is taken back by %mlc undo, \
and a backup is brought back by %mlc admin restore FOLDER
    restore reinstate reactivate unarchive unretire undelete
m = %mlc load {ref}, then m.predict(ROWS)
    predict
m = %mlc load {ref} in the program that is to answer with it
    deploy serve
a run ends by the next register, one in a with at the end of its block, and any by run.end()
    finish end_run end_experiment
%mlc retrain {ref}
    papermill execute refit train_again rerun
%mlc retrain {ref} --grid KEY=VALUES
    sweep grid_search gridsearch
%mlc job list
    jobs
%mlc discard {ref}
    purge
%mlc history {name}
    audit
%mlc panel {rest}
    ui dashboard gui browse
"""
"""A template, and indented below it the words that it answers; the first template whose verbs are there counts.
What is no line to type is a sentence that says what there is."""


_OF_RUNS = """
run.log(auc=0.7)
    log log_metric log_metrics
run.param(C=1)
    log_param log_params
run.log_file("roc.png")
    log_artifact log_artifacts log_figure log_image log_text log_dict log_table
run.end()
    finish end_run
mlc.run(NAME, tag={"team": "ops"})
    set_tag set_tags
with mlc.run(NAME) as run:
    start_run
"""
"""Lines of Python, and the words of other tools for what they do with a run."""


_OPTIONS_ELSEWHERE = """
--yes  -y --force -f --no-prompt --assume-yes
--json  -o --format --output --as-json
--quiet  -q --silent
--limit  -n --max --max-results --top --head --max-count
--order  --sort --sort-by --order-by
--query  --filter --where --filter-string
--note  -m --message --msg --comment
--reason  -m --message --msg --comment --because --why
--description  -m --message --msg --comment
--data  -d --dataset --train --test
--metric  --metrics --scoring
--tag  -t --tags --label
--dry-run  --dryrun --simulate --what-if
--at  --as-of --until --before
"""
"""an option of ours, and what the same is called elsewhere"""


_OF_OTHER_VERBS = {
    ("register", "--alias"): "register first, then %mlc alias NAME:NUMBER ALIAS",
    ("register", "--stage"): "register first, then %mlc promote NAME:NUMBER STAGE",
    ("register", "--input-example"): "write --sample ROWS",
    ("register", "--signature"): "it is read from the model and its data; write --sample ROWS where that does not tell",
}
"""what other tools say in the line of one verb"""


@lru_cache(maxsize=2)
def _templates(table: str = _TABLE) -> Mapping[str, tuple[str, ...]]:
    """The templates of each word."""
    found: dict[str, tuple[str, ...]] = {}
    template = ""
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            template = line
            continue
        for word in line.split():
            found[word] = (*found.get(word, ()), template)
    return found


def of_a_run(word: str) -> str:
    """The line of Python with which a run does it; the empty string where the word is nobody's."""
    return next(iter(_templates(_OF_RUNS).get(word, ())), "")


def meant_by(verb: Verb, option: str, known: Iterable[str]) -> str:
    """What to write for an option of another tool; empty where nobody has such an option."""
    if said := _OF_OTHER_VERBS.get((verb.name, option)):
        return said
    lines = [line.split() for line in _OPTIONS_ELSEWHERE.strip().splitlines()]
    ours = next((ours for ours, *theirs in lines if option in theirs and ours in set(known)), "")
    return f"write {ours}" if ours else ""


def answer(words: Sequence[Word], verbs: Mapping[str, Verb], names: Namespace | None) -> str:
    """The line to type instead, or the empty string where the word is nobody's."""
    first = words[0].text
    if _looks_like_a_version(first) and "show" in verbs:
        return f"write %mlc show {first}"
    if line := _of_group(words, verbs):
        return f"write {line}"
    if after := _after_the_command(words):
        return f"write {' '.join(['%mlc', *(word.typed for word in after)])}"
    logs_a_number = first == "log" and "=" in "".join(word.text for word in words[1:2])
    template = _template("log_metric" if logs_a_number else first, verbs)
    filled = _filled(template, words[1:], names)
    return f"write {filled}" if re.match(r"%|m = ", template) else filled


def _after_the_command(words: Sequence[Word]) -> Sequence[Word]:
    """The words after ``jupyter mlc`` or ``%mlc``, where that was typed once more."""
    names = [word.text.lstrip("%") for word in words[:2]]
    return words[1:] if names[0] == "mlc" else words[2:] if names == ["jupyter", "mlc"] else ()


def _of_group(words: Sequence[Word], verbs: Mapping[str, Verb]) -> str:
    """The line where the group was typed second: ``add dataset`` is ``dataset add``."""
    if len(words) == 1:
        return ""
    first, group = words[0].text.lower(), words[1].text.lower().removesuffix("s")
    verb = f"{group} {'add' if first in _ADDS else first}"
    return " ".join(["%mlc", verb, *(word.typed for word in words[2:])]) if verb in verbs else ""


_ADDS = {"create", "new", "make", "log"}


def known_words() -> frozenset[str]:
    """Every word of other tools that is answered."""
    return frozenset(_templates())


def _looks_like_a_version(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9][\w./-]*[:@]\w+|models:/.+", text))


def _template(first: str, verbs: Mapping[str, Verb]) -> str:
    word = first.lower().replace("-", "_").lstrip("_").partition("(")[0]
    word = re.sub(r"^(mlflow|wandb|client|mlc)\.", "", word)
    if word in verbs and word != first:
        return f"%mlc {word} {{rest}}"
    return next((template for template in _templates().get(word, ()) if _is_there(template, verbs)), "")


def _is_there(template: str, verbs: Mapping[str, Verb]) -> bool:
    """Whether the verbs that the template names are built."""
    lines = re.findall(r"%mlc (\w+)(?: (\w+))?", template)
    return all(first in verbs or f"{first} {second}" in verbs for first, second in lines)


def _filled(template: str, words: Sequence[Word], names: Namespace | None) -> str:
    """The template with the words in its slots; a slot that finds no word shows what belongs there."""
    typed = deque(words)
    filled: dict[str, str] = {}
    for slot in sorted(set(re.findall(r"{(\w+)}", template)), key=list(_SLOTS).index):
        filled[slot] = _SLOTS[slot](typed, names)
    line = re.sub(r"{(\w+)}", lambda found: filled[found[1]], template).strip()
    return re.sub(r"%mlc alias (\S+) champion$", r"%mlc promote \1 production", line)


def _take(words: deque[Word], fits: Callable[[Word], bool], otherwise: str) -> str:
    """Take the first word that fits out of the line; options are not taken."""
    for word in words:
        if not word.option and fits(word):
            words.remove(word)
            return word.typed
    return otherwise


def _object(words: deque[Word], names: Namespace | None) -> str:
    known = _take(words, lambda word: names is not None and word.text in names, "")
    if known:
        return known
    loose = [word for word in words if not word.option]
    return _take(words, lambda word: word is loose[1], "OBJECT") if len(loose) > 1 else "OBJECT"


def _stage(words: deque[Word], _names: Namespace | None) -> str:
    return _take(words, lambda word: word.text.lower() in STAGE_WORDS, "production").lower()


def _to(words: deque[Word], _names: Namespace | None) -> str:
    stage = _take(words, lambda word: word.text.lower() in STAGE_WORDS, "").lower()
    return f"{stage} " if stage else ""


def _release(_words: deque[Word], _names: Namespace | None) -> str:
    from jupyter_mlc import __version__

    return __version__


def _ref(words: deque[Word], _names: Namespace | None) -> str:
    model = _take(words, lambda _: True, "NAME:N")
    if re.search(r"[:@]", model) or model == "NAME:N":
        return model
    number = _take(words, lambda word: word.text.removeprefix("v").isdigit(), "")
    if number:
        return f"{model}:{number.removeprefix('v')}"
    return re.sub(r"/(\d+)$", r":\1", model)


def _refs(words: deque[Word], _names: Namespace | None) -> str:
    typed = [word.typed for word in words if not word.option]
    numbers = [word.removeprefix("v") for word in typed[1:]]
    if not typed:
        return "NAME:N NAME:N"
    if numbers and all(number.isdigit() for number in numbers) and not re.search(r"[:@]", typed[0]):
        return " ".join(f"{typed[0]}:{number}" for number in numbers)
    return " ".join(typed)


def _pair(words: deque[Word], _names: Namespace | None) -> str:
    key = _take(words, lambda _: True, "KEY=VALUE")
    return key if "=" in key else f"{key}={_take(words, lambda _: True, 'VALUE')}"


def _alias(words: deque[Word], _names: Namespace | None) -> str:
    loose = [word for word in words if not word.option and not word.text.removeprefix("v").isdigit()]
    return _take(words, lambda word: word is loose[1], "ALIAS") if len(loose) > 1 else "ALIAS"


def _file(words: deque[Word], _names: Namespace | None) -> str:
    loose = [word for word in words if not word.option]
    return repr(loose[0].text) if loose else "PATH"


def _name(words: deque[Word], _names: Namespace | None) -> str:
    return _take(words, lambda _: True, "NAME").partition(":")[0].partition("@")[0]


def _rest(words: deque[Word], _names: Namespace | None) -> str:
    return " ".join(word.typed for word in words)


_SLOTS: Mapping[str, Callable[[deque[Word], Namespace | None], str]] = {
    "release": _release,
    "to": _to,
    "stage": _stage,
    "alias": _alias,
    "object": _object,
    "model": _name,
    "name": _name,
    "ref": _ref,
    "refs": _refs,
    "pair": _pair,
    "file": _file,
    "rest": _rest,
}
"""in the order in which they choose"""
