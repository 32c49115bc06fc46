"""Schedules as the files of other schedulers: each is read as that scheduler reads it."""

from __future__ import annotations

import ast
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError
from jupyter_mlc.faces.arguments import Call, parse_words
from jupyter_mlc.jobs.cron import cron
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.schedule_export import ScheduleExport, ScheduleExportReply
from jupyter_mlc.verbs.schedule_files import To
from jupyter_mlc.verbs.schedule_rm import ScheduleRm
from tests.conftest import START, Clock
from tests.jobs.notebooks import code
from tests.verbs.scheduling import Office, office

ODD = 'it\'s 100 % "sure" $HOME {{ x }} 🦊'


@pytest.fixture
def here(tmp_path: Path, ana: Identity, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("TOKEN", "s3cr3t")
    with office(str(tmp_path / "registry"), tmp_path / "work", ana, clock, monkeypatch) as made:
        made.keep(code("C = 1.0\ntitle = ''\ntoken = None", tag="parameters"), "said = C", name="fit")
        yield made


def export(here: Office, to: To, number: int = 1, **more: Any) -> ScheduleExportReply:
    reply = here.call(ScheduleExport(schedule=str(number), to=to, **more))
    assert isinstance(reply, ScheduleExportReply)
    return reply


def refusal(here: Office, kind: type[MlcError], to: To, number: int = 1, **more: Any) -> str:
    with pytest.raises(kind) as refused:
        export(here, to, number, **more)
    return refused.value.text


def asked_by(command: list[str]) -> Retrain:
    """What the command asks, as the command line reads it."""
    assert command[:2] == ["jupyter", "mlc"]
    call = parse_words(command[2:])
    assert isinstance(call, Call)
    made = call.verb.ask(**call.values)
    assert isinstance(made, Retrain)
    return made


def is_what_was_asked(asked: Retrain) -> bool:
    given = {"title": ODD, "token": "env:TOKEN"}
    return (asked.ref, asked.param, asked.grid, asked.force, asked.retries) == ("fit", given, {"C": [1, 2]}, True, 2)


def add(here: Office, every: str = "30 6 * * 1", **more: Any) -> None:
    here.add("fit", every, param={"title": ODD, "token": "env:TOKEN"}, grid={"C": [1, 2]}, retries=2, **more)


def test_a_crontab_asks_the_same_whatever_the_parameters_hold(here: Office, tmp_path: Path) -> None:
    add(here, folder=str(tmp_path / "work"))
    reply = export(here, To.CRON)
    about, zone, entry = reply.text.splitlines()
    assert about == "# schedule/1 of jupyter_mlc: fit every 30 6 * * 1, added 2025-10-09 08:53 UTC"
    assert zone == "CRON_TZ=UTC"
    assert cron(" ".join(entry.split()[:5])).text == "30 6 * * 1"
    command = as_cron_hands_it_on(entry)
    (tmp_path / "bin").mkdir()
    jupyter = tmp_path / "bin" / "jupyter"
    jupyter.write_text(
        f"#!{sys.executable}\nimport os, sys\nprint(os.getcwd(), os.environ['MLC_REGISTRY'])\nprint(sys.argv)"
    )
    jupyter.chmod(0o755)
    environment = {"PATH": f"{jupyter.parent}:/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, env=environment)
    where, words = done.stdout.splitlines()
    assert where == f"{tmp_path / 'work'} {here.registry.place.shown}"
    assert is_what_was_asked(asked_by(["jupyter", *ast.literal_eval(words)[1:]]))
    assert reply.notes == (
        "jupyter must be found by cron: write its whole path, or set PATH in the crontab",
        "CRON_TZ holds for all lines below it; a cron that does not know it (Debian's) goes by the machine's clock",
        "TOKEN must be set in the crontab: a parameter comes from it",
    )


def as_cron_hands_it_on(entry: str) -> str:
    """crontab(5): what follows an unescaped percent sign is standard input, an escaped one is a percent sign."""
    command = entry.split(maxsplit=5)[5]
    assert "%" not in command.replace(r"\%", "")
    return command.replace(r"\%", "%")


def test_a_workflow_of_github_is_whole(here: Office) -> None:
    add(here)
    reply = export(here, To.GITHUB)
    found = yaml.safe_load(reply.text)
    assert found.keys() == {"name", True, "concurrency", "permissions", "jobs"}  # YAML 1.1 takes `on` for true
    assert found[True]["schedule"] == [{"cron": "30 6 * * 1"}]
    job = found["jobs"]["retrain"]
    assert job["runs-on"] == "ubuntu-latest"
    assert [next(iter(step)) for step in job["steps"]] == ["uses", "uses", "run", "run"]
    assert is_what_was_asked(asked_by(shlex.split(job["steps"][-1]["run"])))
    assert job["steps"][-1]["env"] == {
        name: f"${{{{ secrets.{name} }}}}" for name in ("MLC_REGISTRY", "MLC_KEY", "TOKEN")
    }
    place = here.registry.place.shown
    assert reply.notes[1:3] == (
        f"the registry is a folder here, {place}: let MLC_REGISTRY name one that is reached from there",
        "keep there, as secrets: MLC_REGISTRY, MLC_KEY, TOKEN "
        "(MLC_KEY signs: a key of that machine, made by openssl genpkey -algorithm ed25519)",
    )


def test_a_cronjob_is_what_kubernetes_takes(here: Office) -> None:
    import kubernetes_validate

    add(here, timezone="Europe/Berlin")
    reply = export(here, To.KUBERNETES, image="registry.example.org/fit:3")
    found = yaml.safe_load(reply.text)
    kubernetes_validate.validate(found, "1.30", strict=True)
    spec = found["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("30 6 * * 1", "Europe/Berlin", "Forbid")
    (container,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example.org/fit:3"
    assert is_what_was_asked(asked_by([word.replace("$$(", "$(") for word in container["command"]]))
    assert [each["name"] for each in container["env"]] == ["MLC_REGISTRY", "MLC_KEY", "TOKEN"]
    assert len(found["metadata"]["name"]) <= 52


class _Told:
    """Airflow, as far as a DAG's file asks for it: what it was told."""

    def __init__(self) -> None:
        self.dags: list[dict[str, Any]] = []
        self.operators: list[dict[str, Any]] = []


def airflow(told: _Told) -> dict[str, ModuleType]:
    class DAG:
        def __init__(self, **given: Any) -> None:
            told.dags.append(given)

        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    contents: dict[str, dict[str, Any]] = {
        "pendulum": {"datetime": lambda *when, tz: (*when, tz)},
        "airflow": {"DAG": DAG},
        "airflow.timetables.trigger": {"CronTriggerTimetable": lambda text, timezone: (text, timezone)},
        "airflow.operators.bash": {"BashOperator": lambda **given: told.operators.append(given)},
    }
    modules = {name: ModuleType(name) for name in ("airflow.timetables", "airflow.operators", *contents)}
    for name, values in contents.items():
        modules[name].__dict__.update(values)
    return modules


@pytest.mark.parametrize(
    ("every", "zone", "expected"),
    [("30 6 * * 1", "Europe/Berlin", ("30 6 * * 1", "Europe/Berlin")), ("90m", "UTC", "1:30:00")],
)
def test_a_dag_of_airflow_compiles_and_runs_the_command(
    here: Office, monkeypatch: pytest.MonkeyPatch, every: str, zone: str, expected: object
) -> None:
    import jinja2

    add(here, every, timezone=zone)
    reply, told = export(here, To.AIRFLOW), _Told()
    for name, module in airflow(told).items():
        monkeypatch.setitem(sys.modules, name, module)
    exec(compile(reply.text, "dag.py", "exec"), {})
    (dag,), (operator,) = told.dags, told.operators
    assert (dag["dag_id"], dag["catchup"], dag["max_active_runs"]) == ("mlc-fit-1", False, 1)
    assert (str(dag["schedule"]) if every == "90m" else dag["schedule"]) == expected
    assert dag["start_date"] == (2025, 10, 9, "UTC")
    command = jinja2.Template(operator["bash_command"]).render()
    assert is_what_was_asked(asked_by(shlex.split(command)))
    assert not operator["bash_command"].endswith(".sh")


def test_an_interval_becomes_a_cron_expression_where_there_is_one(here: Office, clock: Clock) -> None:
    expected = {
        "1d": "53 8 * * *",
        "24h": "53 8 * * *",
        "1h": "53 * * * *",
        "6h": "53 2-23/6 * * *",
        "30m": "23-59/30 * * * *",
        "1m": "* * * * *",
    }
    for number, every in enumerate(expected, 1):
        clock.now = START
        add(here, every)
        assert expected[every] in export(here, To.CRON, number).text
        assert cron(expected[every])
        schedule = here.registry.schedule(number)
        from jupyter_mlc.verbs.schedule_records import table_of

        first = next(table_of(schedule).after(schedule.created)) // 60_000_000
        from datetime import UTC, datetime

        day = datetime.fromtimestamp(first * 60, UTC).date()
        assert first * 60_000_000 in cron(expected[every]).on(day, UTC)


def test_what_another_scheduler_cannot_say_is_refused(here: Office) -> None:
    add(here, "90m")
    add(here, timezone="Europe/Berlin")
    here.add("fit", "1d", param={"title": "${{ secrets.X }}"})
    assert refusal(here, BadInput, To.CRON) == (
        "schedule/1 is due every 90m, which no cron expression says, and cron knows no other\n"
        "export it --to airflow, or add it with a cron expression or an interval that divides a day"
    )
    assert refusal(here, BadInput, To.GITHUB, 2) == (
        "schedule/2 is due in Europe/Berlin, and GitHub Actions goes by UTC alone\n"
        "add a schedule without --timezone and export that"
    )
    assert refusal(here, BadInput, To.GITHUB, 3) == (
        "a parameter holds ${{, which GitHub Actions takes for an expression of its own\n"
        "give that value by an environment variable: -p NAME=env:VARIABLE"
    )
    assert refusal(here, BadInput, To.KUBERNETES, 2) == (
        "a CronJob needs an image\nname one with jupyter-mlc and what the notebook imports: --image REPO:TAG"
    )
    here.call(ScheduleRm(schedule="2"))
    assert refusal(here, Conflict, To.CRON, 2) == "schedule/2 was removed\nsee %mlc schedule list"


def test_the_file_is_written_once_and_over_another_only_where_that_is_wanted(here: Office, tmp_path: Path) -> None:
    add(here)
    path = tmp_path / "dags" / "fit.py"
    tried = export(here, To.AIRFLOW, out=str(path), dry_run=True)
    assert (tried.done, path.exists()) == (False, False)
    written = export(here, To.AIRFLOW, out=str(path))
    assert (written.path, written.next) == (str(path), "%mlc schedule rm 1")
    assert path.read_text("utf-8") == written.text == written.to_rows()[0]["text"]
    assert refusal(here, Conflict, To.CRON, out=str(path)) == (
        f"{path} is there already\nwrite over it: --replace; or name another file"
    )
    export(here, To.CRON, out=str(path), replace=True)
    assert path.read_text("utf-8").startswith("# schedule/1")


def test_a_schedule_that_leaves_out_what_is_known_says_so_to_others(here: Office) -> None:
    here.add("fit", "1d", if_changed=True, param={"title": "[1]"}, jobs=2)
    text = export(here, To.CRON).text
    assert "--force" not in text
    (entry,) = [line for line in text.splitlines() if "jupyter mlc" in line]
    asked = asked_by(shlex.split(entry.partition("jupyter mlc")[1] + entry.partition("jupyter mlc")[2]))
    assert (asked.force, asked.jobs, asked.param) == (False, 2, {"title": "[1]"})
