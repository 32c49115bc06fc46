"""Schedules as the files of other schedulers."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.verbs.schedule_files import Task, To, task_of

if TYPE_CHECKING:
    from jupyter_mlc.domain.schedules import Schedule
    from jupyter_mlc.verbs.context import Context

Told: TypeAlias = tuple[str, tuple[str, ...]]
"""the text, and what else is needed"""


def exported(schedule: Schedule, to: To, image: str, context: Context) -> Told:
    """The file, and what else it needs.

    Raises
    ------
    BadInput
        Where that scheduler cannot say it.
    """
    return _WRITERS[to](task_of(schedule, image, context))


def _cron_of(task: Task, whose: str) -> str:
    if not task.cron:
        raise BadInput(
            f"{task.schedule.ref} is due every {task.schedule.every}, which no cron expression says, and {whose} knows "
            "no other",
            hint=f"export it --to {To.AIRFLOW}, or add it with a cron expression or an interval that divides a day",
        )
    return task.cron


def _about(task: Task) -> str:
    schedule = task.schedule
    added = datetime.fromtimestamp(schedule.created // 1_000_000, UTC)
    return f"{schedule.ref} of jupyter_mlc: {schedule.name} every {schedule.every}, added {added:%Y-%m-%d %H:%M} UTC"


def _for_elsewhere(task: Task) -> tuple[str, ...]:
    """What a machine needs that is not this one."""
    notes = [f"MLC_REGISTRY is the registry's URL there, here it is {task.registry}"]
    if task.is_folder:
        notes = [
            f"the registry is a folder here, {task.registry}: let MLC_REGISTRY name one that is reached from there"
        ]
    secrets = ", ".join(("MLC_REGISTRY", "MLC_KEY", *task.variables))
    key = "MLC_KEY signs: a key of that machine, made by openssl genpkey -algorithm ed25519"
    return (*notes, f"keep there, as secrets: {secrets} ({key})")


def _crontab(task: Task) -> Told:
    """Lines for `crontab -e`: a percent sign ends a command there, unless it is escaped."""
    command = shlex.join(task.command).replace("%", r"\%")
    folder = str(task.schedule.ask.get("folder", ""))
    change = f"cd {shlex.quote(folder)} && ".replace("%", r"\%") if folder else ""
    registry = shlex.quote(task.registry).replace("%", r"\%")
    zone = [f"CRON_TZ={task.zone}"] if task.goes_by_a_clock else []
    lines = [f"# {_about(task)}", *zone, f"{_cron_of(task, 'cron')} {change}MLC_REGISTRY={registry} {command}"]
    notes = ["jupyter must be found by cron: write its whole path, or set PATH in the crontab"]
    if zone:
        notes.append(
            "CRON_TZ holds for all lines below it; a cron that does not know it (Debian's) goes by the machine's clock"
        )
    notes += [f"{name} must be set in the crontab: a parameter comes from it" for name in task.variables]
    if "***" in task.registry:
        notes.append("the registry's password is left out: write it where *** stands, or use PGPASSFILE")
    return "\n".join(lines) + "\n", tuple(notes)


def _github(task: Task) -> Told:
    if task.zone != "UTC":
        raise BadInput(
            f"{task.schedule.ref} is due in {task.zone}, and GitHub Actions goes by UTC alone",
            hint="add a schedule without --timezone and export that",
        )
    variables = "".join(
        f"          {name}: ${{{{ secrets.{name} }}}}\n" for name in ("MLC_REGISTRY", "MLC_KEY", *task.variables)
    )
    text = f"""# {_about(task)}
name: {_yaml(f"retrain {task.schedule.name}")}
on:
  schedule:
    - cron: {_yaml(_cron_of(task, "GitHub Actions"))}
  workflow_dispatch:
concurrency:
  group: {_yaml(task.name)}
permissions:
  contents: read
jobs:
  retrain:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install jupyter-mlc
      - run: {_yaml(_command(task))}
        env:
{variables}"""
    notes = (
        "put it into .github/workflows/; the job also needs what the notebook imports: pip install it there",
        *_for_elsewhere(task),
        "GitHub runs a schedule some minutes late when it is busy, and none more often than every 5 minutes",
    )
    return text, notes


def _command(task: Task) -> str:
    command = shlex.join(task.command)
    if "${{" in command:
        raise BadInput(
            "a parameter holds ${{, which GitHub Actions takes for an expression of its own",
            hint="give that value by an environment variable: -p NAME=env:VARIABLE",
        )
    return command


def _kubernetes(task: Task) -> Told:
    if not task.image:
        raise BadInput(
            "a CronJob needs an image", hint="name one with jupyter-mlc and what the notebook imports: --image REPO:TAG"
        )
    variables = "".join(
        f"""                - name: {_yaml(name)}
                  valueFrom:
                    secretKeyRef:
                      name: jupyter-mlc
                      key: {_yaml(name)}
"""
        for name in ("MLC_REGISTRY", "MLC_KEY", *task.variables)
    )
    words = "".join(f"                - {_yaml(word.replace('$(', '$$('))}\n" for word in task.command)
    text = f"""# {_about(task)}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {_yaml(task.name)}
  labels:
    app.kubernetes.io/name: jupyter-mlc
spec:
  schedule: {_yaml(_cron_of(task, "a CronJob"))}
  timeZone: {_yaml("Etc/UTC" if task.zone == "UTC" else task.zone)}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: retrain
              image: {_yaml(task.image)}
              command:
{words}              env:
{variables}"""
    return text, (
        *_for_elsewhere(task),
        "the secrets are keys of one Secret: kubectl create secret generic jupyter-mlc --from-literal=MLC_REGISTRY=...",
    )


def _airflow(task: Task) -> Told:
    if task.seconds:
        when, needed = f"timedelta(seconds={task.seconds})", "from datetime import timedelta\n\n"
    else:
        when = f"CronTriggerTimetable({task.cron!r}, timezone={task.zone!r})"
        needed = ""
    timetable = "" if task.seconds else "\nfrom airflow.timetables.trigger import CronTriggerTimetable"
    start = f"pendulum.datetime({_date(task.schedule.created)}, tz='UTC')"
    text = f'''"""{_about(task)}."""

from __future__ import annotations

{needed}import pendulum
from airflow import DAG{timetable}

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2
    from airflow.operators.bash import BashOperator

with DAG(
    dag_id={task.name!r},
    schedule={when},
    start_date={start},
    catchup=False,
    max_active_runs=1,
    tags=["jupyter_mlc"],
):
    BashOperator(
        task_id="retrain",
        bash_command={_plain(shlex.join(task.command))!r},
        append_env=True,
    )
'''
    return text, ("put it into the folder of the DAGs", *_for_elsewhere(task))


def _plain(command: str) -> str:
    """A command that Airflow takes neither for a template nor for the name of a script."""
    text = command.replace("{% endraw %}", "{% endraw %}{{ '{% endraw %}' }}{% raw %}")
    return f"{{% raw %}}{text}{{% endraw %}} "


def _date(moment: int) -> str:
    from datetime import UTC, datetime

    day = datetime.fromtimestamp(moment // 1_000_000, UTC)
    return f"{day.year}, {day.month}, {day.day}"


def _yaml(text: str) -> str:
    """A text as YAML has it: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)


_WRITERS: Mapping[To, Callable[[Task], Told]] = {
    To.CRON: _crontab,
    To.GITHUB: _github,
    To.KUBERNETES: _kubernetes,
    To.AIRFLOW: _airflow,
}
