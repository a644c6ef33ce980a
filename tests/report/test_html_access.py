"""The page for those who use a keyboard or a screen reader, judged by axe-core and by hand."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from harness.report.html import CAUSES
from tests.report.browser import Visit
from tests.report.builders import (
    difference,
    failing_run,
    finding,
    hostile_run,
    lens_run,
    run,
    sandbox_run,
    scenario,
    step,
)

_RUNS = {"failing": failing_run, "hostile": hostile_run, "lens": lens_run}


def _violations(opened: Visit) -> list[str]:
    """Return what axe-core calls serious or critical, with the elements."""
    # Evaluated from outside the page, so that its policy stays in force.
    opened.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("failing", "light"), ("failing", "dark"), ("lens", "light"), ("lens", "dark"), ("hostile", "light")],
)
def test_nothing_serious_stands_in_the_way(visit: Callable[..., Visit], name: str, scheme: str) -> None:
    """Names, contrasts, roles and order, with all that can be unfolded in view."""
    opened = visit(_RUNS[name](), scheme=scheme, states={"0123456789ab": "new"})
    opened.page.get_by_role("button", name="Expand all").click()
    assert _violations(opened) == []


def test_nothing_serious_stands_in_the_way_of_a_folded_page(visit: Callable[..., Visit]) -> None:
    """As it opens, for the run of the shipped scenarios' kind."""
    assert _violations(visit(sandbox_run())) == []


def test_files_beside_the_page_are_no_worse(visit: Callable[..., Visit]) -> None:
    """They are made of the same parts."""
    steps = [step(finding(difference(path=f"$.body.x{number}"))) for number in range(CAUSES + 3)]
    opened = visit(run(scenario(*steps)))
    opened.page.goto(opened.url.replace("report.html", "report-details/findings-1.html"))
    opened.page.get_by_role("button", name="Expand all").click()
    assert opened.page.locator(".finding").count() == 3
    assert _violations(opened) == []


def test_the_keyboard_reaches_and_works_everything(visit: Callable[..., Visit]) -> None:
    """From the search over a filter to a finding's fold, with Tab, arrows, Enter and space."""
    opened = visit(failing_run())
    page = opened.page
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "filter-severity"
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("status").inner_text().startswith("Shown here: 3 of 5 causes")
    page.keyboard.press("ArrowUp")
    summary = page.locator(".finding summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".finding details").first.get_attribute("open") is not None
    page.keyboard.press("Space")
    assert page.locator(".finding details").first.get_attribute("open") is None


def test_marks_are_told_without_colour(visit: Callable[..., Visit]) -> None:
    """Severities are words, and marked lines are elements with a shape of their own."""
    opened = visit(failing_run())
    page = opened.page
    page.get_by_role("button", name="Expand all").click()
    assert page.locator(".finding .pill").first.inner_text() == "breaking"
    shape = "each => (s => [s.boxShadow, s.textDecorationLine, s.fontWeight])(getComputedStyle(each))"
    found = page.locator("mark.found:visible").first.evaluate(shape)
    differs = page.locator("mark.differs:visible").last.evaluate(shape)
    assert found != differs
    assert "underline" in differs
