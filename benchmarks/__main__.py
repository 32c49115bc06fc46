"""``python -m benchmarks [--rows register,moves] [--quick]``: measure, print the table, write the figures as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks import rows, table
from benchmarks.environment import PYTHON, mlflow_python
from benchmarks.figures import Figure
from benchmarks.machine import description
from benchmarks.sides import ROOT, Bench, SideFailedError

BUILD = ROOT / "build"
_LARGE = 2_000_000_000
"""bytes"""


def main() -> None:
    """Measure the rows that were asked for; a row that misses what it must be is told, and is no error."""
    asked = _arguments()
    mlflow = mlflow_python(asked.mlflow)
    machine = description(mlflow)
    measured: dict[str, list[Figure]] = {}
    with ExitStack() as at_the_end:
        for name in asked.rows:
            found = list(_measured(name, mlflow, at_the_end, quick=asked.quick))
            print(*table.lines(found)[2:], sep="\n", file=sys.stderr)
            measured[name] = found
            if not asked.quick:  # each time, so that whoever ends it early has what was measured
                _keep(measured, machine)
        failed = [name for name, found in measured.items() if not found]
        print(*_told(_figures(measured), failed, machine, quick=asked.quick), sep="\n")


def _figures(measured: Mapping[str, list[Figure]]) -> list[Figure]:
    return [figure for found in measured.values() for figure in found]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=_names, default=rows.NAMES, help=f"some of {','.join(rows.NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small and few: to see that it works, not to compare")
    parser.add_argument(
        "--mlflow",
        type=lambda text: Path(text).absolute(),
        default=PYTHON,
        help="the Python of the virtual environment that has MLflow; made where it is missing",
    )
    return parser.parse_args()


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in rows.NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no row {unknown[0]!r}; there are {', '.join(rows.NAMES)}")
    return names


def _measured(name: str, mlflow: Path, at_the_end: ExitStack, *, quick: bool) -> Iterator[Figure]:
    """The figures of one row, in a folder that is removed unless something went wrong.

    Large files go at once, and small ones when all is measured: on ext4 whoever deletes thousands of files makes the
    next ones slow for minutes.
    """
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=BUILD / "bench"))
    print(f"measuring {name}", file=sys.stderr)
    try:
        yield from rows.measure_of(name)(Bench(ours=Path(sys.executable), mlflow=mlflow, folder=folder, quick=quick))
    except SideFailedError as error:
        print(f"{name} could not be measured; what its processes said is in {folder / 'log'}\n{error}", file=sys.stderr)
    else:
        if sum(path.lstat().st_size for path in folder.rglob("*")) > _LARGE:
            shutil.rmtree(folder)
        else:
            at_the_end.callback(shutil.rmtree, folder)


def _told(figures: list[Figure], failed: list[str], machine: dict[str, str], *, quick: bool) -> Iterator[str]:
    yield from table.lines(figures)
    yield from ("", _verdict(figures, failed))
    yield from ("", *table.notes(figures), "")
    yield from (f"{key}: {value}" for key, value in machine.items())
    if quick:
        yield "quick: the sizes are too small to compare these figures with any others"


def _verdict(figures: list[Figure], failed: list[str]) -> str:
    """What was missed, in a sentence."""
    missed = [figure.what for figure in figures if figure.met is False]
    told = [f"could not be measured: {', '.join(failed)}"] if failed else []
    told += [f"{len(missed)} of {len(figures)} missed: {'; '.join(missed)}"] if missed else []
    return "; ".join(told) or "everything is as it must be"


def _keep(measured: Mapping[str, list[Figure]], machine: dict[str, str]) -> None:
    figures, folder = _figures(measured), BUILD / "bench"
    notes = (*table.notes(figures), *(f"{key}: {value}" for key, value in machine.items()))
    document = [*table.markdown(figures), "", *(f"- {note}" for note in notes)]
    (folder / "results.md").write_text("\n".join(document) + "\n", encoding="utf-8")
    rows_found = {name: [dataclasses.asdict(figure) for figure in found] for name, found in measured.items()}
    text = json.dumps({"machine": machine, "rows": rows_found}, indent=2)
    (folder / "results.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
