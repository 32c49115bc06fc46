"""The house itself: what lies where, and that its lists agree with each other."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_mlc
from docs.generate import generated

ROOT = Path(__file__).resolve().parent.parent
TOP = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "benchmarks",
    "binder",
    "docs",
    "jupyter_mlc",
    "labextension",
    "notebooks",
    "pyproject.toml",
    "tests",
}
MADE_HERE = {"__pycache__", ".ipynb_checkpoints", "lib", "node_modules", "tour-registry", "formats-registry"}
PANEL = "jupyter_mlc/labextension"
"""where the panel is built"""
TEXT = {
    "",
    ".cfg",
    ".ini",
    ".ipynb",
    ".json",
    ".md",
    ".py",
    ".pyi",
    ".sql",
    ".toml",
    ".ts",
    ".tsx",
    ".txt",
    ".yaml",
    ".yml",
}
MACHINE_PATHS = re.compile("|".join(("/" + "root/", "/" + "work/(main|shared)", "/" + "opt/wheels")))
REGISTRY_HOSTS = re.compile(r"pypi\.(org|io)|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|anaconda\.(org|com)")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def files(*tops: str) -> Iterator[Path]:
    """Every text file of the repository under these top-level names."""
    for top in tops:
        if (ROOT / top).is_file():
            yield ROOT / top
        for folder, folders, names in os.walk(ROOT / top):
            folders[:] = [name for name in folders if name not in MADE_HERE and Path(folder, name) != ROOT / PANEL]
            yield from (Path(folder, name) for name in names if Path(name).suffix in TEXT)


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_everything_on_the_top_level_is_there() -> None:
    assert {path.name for path in ROOT.iterdir()} >= TOP


def test_the_licence_is_the_three_clause_bsd_licence() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith("BSD 3-Clause License\n\nCopyright (c) 2026, the jupyter_mlc developers\n")
    without_names = " ".join(text.split("\n\n", 2)[2].split())
    assert (
        hashlib.sha256(without_names.encode()).hexdigest()
        == "70435d703f5e4bdca9a1fa6b9291501b0dd850d2ad5457b491ce936217b1e063"
    )


def test_the_package_and_its_metadata_name_the_same_version() -> None:
    assert project()["version"] == jupyter_mlc.__version__


def test_the_panel_has_the_version_of_the_package() -> None:
    package = json.loads((ROOT / "labextension" / "package.json").read_text("utf-8"))
    assert (package["name"], package["version"]) == (project()["name"], project()["version"])


def test_every_command_of_the_readme_is_a_target_of_the_makefile() -> None:
    named = re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"))
    assert set(named) >= {"demo", "test"}
    assert set(named) <= targets()


def test_the_checks_of_every_change_are_targets_of_the_makefile() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    named = re.findall(r"^make ([a-z-]+)$", script.read_text("utf-8"), re.MULTILINE)
    assert named == ["lint", "test"]
    assert set(named) <= targets()


def test_every_phony_target_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(text.partition(".PHONY:")[2].splitlines()[0].split())
    assert phony == targets()
    assert phony == set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_committed_without_outputs(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert not any(cell["outputs"] or cell["execution_count"] for cell in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_notebook_has_one_cell_of_parameters(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert [cell["id"] for cell in cells if "parameters" in cell["metadata"].get("tags", [])] == ["parameters"]


def test_the_retraining_template_ends_by_registering() -> None:
    cells = json.loads((ROOT / "notebooks" / "retrain_flights.ipynb").read_text("utf-8"))["cells"]
    assert "".join(cells[-1]["source"]).startswith("%mlc register ")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_has_context_choice_and_consequence(path: Path) -> None:
    text = path.read_text("utf-8")
    number = int(path.name[:4])
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Choice", "Consequence"]


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [path for path in files(*TOP) if MACHINE_PATHS.search(path.read_text("utf-8"))]
    assert found == []


def test_no_file_but_a_test_names_a_package_registry() -> None:
    found = [path for path in files(*TOP - {"tests"}) if REGISTRY_HOSTS.search(path.read_text("utf-8"))]
    assert found == []


def test_lines_to_type_are_in_the_next_step_of_a_reply_and_not_in_its_looks() -> None:
    """There every face spells them its own way; see faces/spelling.py."""
    looks = (ROOT / "jupyter_mlc" / "faces" / "display").glob("*.py")
    assert [path.name for path in looks if re.search(r"%mlc \w", path.read_text("utf-8"))] == []


@pytest.mark.slow
def test_generated_files_are_what_the_verbs_say() -> None:
    stale = [path.name for path, text in generated().items() if path.read_text("utf-8") != text]
    assert stale == [], "type: make generate"


def test_no_two_types_of_the_panel_have_one_name() -> None:
    text = (ROOT / "labextension" / "src" / "wire.ts").read_text("utf-8")
    names = re.findall(r"^export (?:interface|type|const) (\w+)", text, re.MULTILINE)
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_links_between_the_documents_lead_somewhere() -> None:
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *NOTEBOOKS]
    assert [(path.name, link) for path in texts for link in links(path) if not (path.parent / link).exists()] == []


def links(path: Path) -> Iterator[str]:
    """The relative paths to which a document links."""
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    return (link for link in found if "://" not in link)


def test_the_domain_imports_nothing_but_the_standard_library_and_itself() -> None:
    allowed = sys.stdlib_module_names | {"jupyter_mlc"}
    found = {name for path in (ROOT / "jupyter_mlc" / "domain").glob("*.py") for name in imported(path)}
    assert found
    assert found <= allowed


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else_but_the_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hatchling.builders.wheel import WheelBuilder

    monkeypatch.setenv("SKIP_JUPYTER_BUILDER", "1")  # what is built is taken, and nothing is built
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    ours = {path for path in files_of_the_package() if path.parent.name not in MADE_HERE}
    assert {path.name for path in ours} >= {"py.typed", "__init__.pyi", "0001.sql"}
    assert {name for name in names if ".data/" not in name} == {path.relative_to(ROOT).as_posix() for path in ours}
    shared = "share/jupyter/labextensions/jupyter-mlc/"
    assert any(name.endswith(f"{shared}install.json") for name in names) == (ROOT / PANEL).exists()


def files_of_the_package() -> Iterator[Path]:
    """Every file, but those of the panel, which is built there."""
    found = (path for path in (ROOT / "jupyter_mlc").rglob("*") if path.is_file())
    return (path for path in found if ROOT / PANEL not in path.parents)
