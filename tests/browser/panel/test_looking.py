"""What the panel shows, and how one gets from one thing to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.panel.conftest import Desk, LaboratoryWithPanel
from tests.browser.panel.flights import MANY


def option(desk: Desk, name: str) -> Locator:
    return desk.choices.filter(has_text=name)


def test_the_sidebar_shows_models_with_champion_and_stages(desk: Desk) -> None:
    desk.side.get_by_role("searchbox").fill("late")
    expect(option(desk, "late-flights")).to_have_text(
        re.compile(r"late-flights.*3 versions.*production :2.*staging . 1")
    )
    expect(desk.side.locator(".jp-Mlc-count")).to_have_text("1 model")


def test_of_many_models_only_those_in_sight_are_drawn(desk: Desk) -> None:
    expect(desk.side.locator(".jp-Mlc-count")).to_have_text(re.compile(r"\d{3} models"))
    count = int(desk.choices.first.get_attribute("aria-setsize") or 0)
    assert count > MANY
    assert desk.choices.count() < count / 2
    expect(desk.side.locator(".jp-Mlc-count")).to_have_text(f"{count} models")
    desk.side.get_by_role("listbox").press("End")
    expect(option(desk, f"small-{MANY - 1:03}")).to_be_visible()


def test_models_are_narrowed_by_where_they_stand(desk: Desk) -> None:
    desk.side.get_by_role("searchbox").fill("late-flights")
    desk.side.get_by_label("Show").select_option("with versions in staging")
    expect(desk.choices).to_have_count(1)
    desk.side.get_by_label("Show").select_option("without a champion")
    expect(desk.side.locator(".jp-Mlc-count")).to_have_text("0 models")


def test_a_query_finds_versions(desk: Desk) -> None:
    desk.side.get_by_role("searchbox").fill("name = 'late-flights' and stage in ('production', 'deprecated')")
    expect(desk.choices).to_have_count(2)
    option(desk, "late-flights:2").click()
    expect(desk.shown("late-flights:2").get_by_role("heading", level=1)).to_contain_text("● production")


def test_a_query_with_a_mistake_is_refused_at_its_place(desk: Desk) -> None:
    desk.refusals = {400}
    desk.side.get_by_role("searchbox").fill("stage ~ 'staging'")
    refused = desk.side.get_by_role("alert")
    expect(refused).to_contain_text("stage ~ 'staging'")
    expect(refused).to_contain_text("^")


def test_the_page_of_a_model_has_its_versions_aliases_and_history(desk: Desk) -> None:
    page = desk.opened("late-flights")
    expect(page.get_by_text("Will a flight arrive more than 15 minutes late?")).to_be_visible()
    expect(page.get_by_role("table", name="Versions").get_by_role("row")).to_have_count(4)
    expect(page.get_by_text("@previous → late-flights:1")).to_be_visible()
    expect(page.get_by_role("table", name="History of late-flights")).to_contain_text("better on June")


def test_versions_are_sorted_by_any_column(desk: Desk) -> None:
    table = desk.opened("late-flights").get_by_role("table", name="Versions")
    first = table.get_by_role("rowheader").first
    expect(first).to_have_text("late-flights:3")
    table.get_by_role("button", name="Version").click()
    expect(first).to_have_text("late-flights:1")
    expect(table.get_by_role("columnheader", name="Version")).to_have_attribute("aria-sort", "ascending")


def test_columns_are_chosen_among_metrics_and_parameters(desk: Desk) -> None:
    page = desk.opened("late-flights")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("params.max_depth").check()
    table = page.get_by_role("table", name="Versions")
    expect(table.get_by_role("columnheader", name="params.max_depth")).to_be_visible()
    expect(table.get_by_role("row", name="late-flights:3")).to_contain_text("8")


def test_the_columns_of_the_settings_are_shown_at_first(
    visit: Callable[..., Desk], panel_lab: LaboratoryWithPanel
) -> None:
    with setting(panel_lab, columns=["params.max_depth"]):
        table = visit().opened("late-flights").get_by_role("table", name="Versions")
        expect(table.get_by_role("columnheader", name="params.max_depth")).to_be_visible()
        expect(table.get_by_role("columnheader", name="eval.")).to_have_count(0)


@contextmanager
def setting(laboratory: LaboratoryWithPanel, **settings: object) -> Iterator[None]:
    """What a person has set before, as JupyterLab keeps it."""
    file = Path(laboratory.env["JUPYTERLAB_SETTINGS_DIR"]) / "jupyter-mlc" / "plugin.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text("utf-8") if file.exists() else "{}"
    file.write_text(json.dumps(settings), "utf-8")
    yield
    file.write_text(before, "utf-8")


def test_a_line_of_time_shows_since_when_versions_stand_where_they_stand(desk: Desk) -> None:
    stand = desk.opened("late-flights").get_by_role("region", name="Where the newest versions stand")
    rows = stand.get_by_role("listitem")
    expect(rows).to_have_text(
        [re.compile(rf"late-flights:{n}. {stage}since ") for n, stage in ((3, "staging"), (2, "production"))]
        + [re.compile("late-flights:1. deprecatedsince ")]
    )
    for row in rows.all():
        begins = row.evaluate(
            "row => ['.jp-Mlc-track', '.jp-Mlc-made', '.jp-Mlc-bar']"
            ".map(part => row.querySelector(part).getBoundingClientRect().left)"
        )
        assert begins == sorted(begins), "a version is made before it comes to its stage"
    rows.first.get_by_role("button").click()
    expect(desk.shown("late-flights:3")).to_be_visible()


def test_the_registry_is_chosen_in_the_settings_and_other_windows_follow(
    visit: Callable[..., Desk], window: Desk, panel_lab: LaboratoryWithPanel
) -> None:
    other = panel_lab.folder / "fraud-models"
    other.mkdir()
    panel_lab.types(f"init {other}")
    window.refusals = {404}  # pages that are open there ask the other registry, which has no such model
    desk = visit()
    desk.command("mlc:open-panel")
    expect(option(desk, "late-flights")).to_be_visible()
    desk.command("settingeditor:open", query="Model registry")
    field = desk.page.locator('[id$="jupyter-mlc:plugin_registry"]')  # its label names no field
    field.fill(str(other))
    field.blur()
    expect(desk.side).to_contain_text("fraud-models")
    expect(desk.choices).to_have_count(0)
    expect(window.side).to_contain_text("fraud-models")
    field.fill("")
    field.blur()
    expect(option(desk, "late-flights")).to_be_visible()
    window.side.get_by_role("searchbox").fill("")
    expect(option(window, "late-flights")).to_be_visible()


def test_versions_are_filtered_by_a_query(desk: Desk) -> None:
    page = desk.opened("late-flights")
    page.get_by_role("searchbox", name="Filter").fill("params.max_depth < 5")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("table", name="Versions").get_by_role("row")).to_have_count(3)


def test_ticked_versions_are_compared_side_by_side(desk: Desk) -> None:
    page = desk.opened("late-flights")
    page.get_by_label("Tick late-flights:3").check()
    page.get_by_label("Tick late-flights:1").check()
    page.get_by_role("button", name="Compare (2)").click()
    compared = desk.shown("late-flights:3,late-flights:1")
    expect(compared.get_by_role("table", name="Metrics compared")).to_contain_text("auc")
    depth = compared.get_by_role("table", name="Differences").get_by_role("row", name="max_depth")
    expect(depth).to_contain_text("≠")
    expect(compared.get_by_text("on the same 3,000 rows")).to_be_visible()


def test_the_page_of_a_version_has_all_that_is_known_of_it(desk: Desk) -> None:
    page = desk.opened("late-flights:2")
    metrics = page.get_by_role("table", name="Metrics", exact=True)
    expect(metrics.get_by_role("row", name="eval.flights-june.auc")).to_contain_text("✓ computed")
    expect(page.get_by_role("table", name="Metrics on flights-june")).to_contain_text(re.compile(r"0\.\d+ . 0\.\d+"))
    expect(page.get_by_role("table", name="Inputs")).to_contain_text("hour")
    expect(page.get_by_text("flights-spring, 3,000 rows")).to_be_visible()
    page.get_by_text("Lineage as text").click()
    expect(page.get_by_role("region", name="Came from")).to_contain_text("flights-spring")
    expect(page.get_by_role("table", name="Files")).to_contain_text("joblib")


def test_slices_cells_and_packages_are_read_when_somebody_wants_them(desk: Desk) -> None:
    page = desk.opened("late-flights:2")
    page.get_by_text("Slices and evidence of evaluation/2").click()
    expect(page.get_by_role("table", name="Slices")).to_contain_text("origin = JFK")
    page.get_by_text("Cells as executed").click()
    expect(page.get_by_label("Cells as executed")).to_contain_text("HistGradientBoostingClassifier(max_depth=4")
    page.get_by_text("Packages (").click()
    expect(page.get_by_label("Packages (")).to_contain_text("scikit-learn==")


def test_facts_are_narrowed_by_how_they_are_known(desk: Desk) -> None:
    page = desk.opened("late-flights:2")
    page.get_by_label("How it is known").select_option("observed")
    expect(page.get_by_text("No metrics.")).to_be_visible()
    expect(page.get_by_role("table", name="Parameters").get_by_text("◉ observed").first).to_be_visible()


def test_a_link_opens_a_version(visit: Callable[..., Desk]) -> None:
    desk = visit("?mlc=late-flights:3")
    expect(desk.shown("late-flights:3").get_by_role("heading", level=1)).to_contain_text("◐ staging")
    assert "mlc=" not in desk.page.url


def test_a_change_by_another_process_is_seen(desk: Desk) -> None:
    page = desk.opened("small-000")
    assert isinstance(desk.laboratory, LaboratoryWithPanel)
    desk.laboratory.types('promote small-000:1 staging "by a colleague"')
    expect(page.get_by_role("table", name="Versions")).to_contain_text("◐ staging")
    expect(page.get_by_role("table", name="History of small-000")).to_contain_text("by a colleague")


def test_without_the_server_part_the_panel_says_what_to_install(visit: Callable[..., Desk]) -> None:
    desk = visit()
    desk.refusals = {404}
    desk.page.route("**/jupyter-mlc/**", lambda route: route.fulfill(status=404, body="Not Found"))
    desk.command("mlc:open-panel")
    desk.side.get_by_role("button", name="Refresh").click()
    expect(desk.side.get_by_role("alert")).to_contain_text("pip install jupyter-mlc")


def test_the_status_bar_counts_the_models_and_shows_the_panel(visit: Callable[..., Desk]) -> None:
    desk = visit()
    search = desk.side.get_by_role("searchbox")
    expect(search).to_be_hidden()
    status = desk.page.get_by_role("button", name=re.compile(r"\d+ models"))
    expect(status).to_have_attribute("title", f"Show the model registry: {desk.laboratory.folder / '.mlc'}")
    status.click()
    expect(search).to_be_visible()


def test_a_card_of_the_launcher_shows_the_panel(visit: Callable[..., Desk]) -> None:
    desk = visit()
    desk.page.locator(".jp-LauncherCard", has_text="Model Registry").click()
    expect(desk.side.get_by_role("searchbox")).to_be_focused()


def test_versions_are_compared_on_other_rows_by_a_process_of_its_own(desk: Desk) -> None:
    page = desk.opened("late-flights:1", "late-flights:2")
    expect(page.get_by_text("On 3,000 rows of flights-june.")).to_be_visible()
    page.get_by_role("button", name="Choose rows to compare on").click()
    page.get_by_label("Rows of").select_option("flights-spring")
    page.get_by_label("Column with the answers").select_option("late")
    page.get_by_role("button", name="Compare on these rows").click()
    expect(page.get_by_role("progressbar", name="How far it is")).to_be_visible()
    expect(page.get_by_text("On 3,000 rows of flights-spring.")).to_be_visible(timeout=150_000)
    expect(page.locator(".jp-Mlc-picture svg")).to_be_visible()
    page.locator("summary", has_text="ROC curve: True").click()
    expect(page.get_by_role("table", name="ROC curve: True")).to_contain_text("late-flights:2")


def test_shortcuts_and_the_palette_lead_to_the_same_places(visit: Callable[..., Desk]) -> None:
    desk = visit()
    desk.page.locator(".jp-LauncherCard").first.wait_for()
    desk.page.keyboard.press("Control+Alt+j")
    expect(desk.shown(":jobs").get_by_role("heading", name="Jobs")).to_be_visible()
    desk.page.keyboard.press("Control+Shift+c")
    desk.page.locator(".lm-CommandPalette-input").fill("model registry")
    found = desk.page.locator(".lm-CommandPalette-itemLabel")
    for label in ("Show the Model Registry", "Register Model", "Retrain This Notebook…", "Verify the Registry"):
        expect(found.filter(has_text=label)).to_have_count(1)
    found.filter(has_text="Verify the Registry").click()
    expect(desk.shown(":verify").get_by_role("button", name="Verify everything")).to_be_visible()
