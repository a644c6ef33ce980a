"""What the page looks like: light and dark, narrow and wide, printed, and without its script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.result import RunResult
from tests.report.browser import Visit
from tests.report.builders import failing_run, hostile_run, run, sandbox_run, scenario, step

_RUNS = {"failing": failing_run, "hostile": hostile_run}


def _brightness(opened: Visit) -> float:
    """Return how bright the page is, 0 to 255."""
    colour = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    numbers = [int(each) for each in re.findall(r"\d+", colour)[:3]]
    return sum(numbers) / 3


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", _RUNS)
def test_the_page_fits_its_window_in_both_schemes(
    visit: Callable[..., Visit], pictures: Path, name: str, scheme: str, width: int
) -> None:
    """Nothing sticks out at the side, folded or not, and dark is dark."""
    opened = visit(_RUNS[name](), scheme=scheme, width=width)
    opened.page.screenshot(path=pictures / f"{name}-{scheme}-{width}.png")
    opened.page.get_by_role("button", name="Expand all").click()
    opened.page.screenshot(path=pictures / f"{name}-{scheme}-{width}-open.png", full_page=width > 1000)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert (_brightness(opened) > 128) is (scheme == "light")


def test_the_first_screen_says_what_one_must_know(visit: Callable[..., Visit]) -> None:
    """Readiness, the sandbox, the deadline, counts by severity and check, and where evidence comes from."""
    opened = visit(sandbox_run())
    for text in (
        "NO-GO",
        "it proves nothing about the vendor's service",
        "v1beta1 ends in January 2027",
        "1 breaking",
        "Behaviour",
        "Evidence: 3 scenarios from the sandbox",
    ):
        box = opened.page.locator("header").get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900


@pytest.mark.parametrize("made", [failing_run, hostile_run])
def test_without_its_script_the_page_is_whole(
    visit: Callable[..., Visit], pictures: Path, made: Callable[[], RunResult]
) -> None:
    """All findings and scenarios are there and unfold; what would not work is not shown."""
    opened = visit(made(), script=False)
    page = opened.page
    page.screenshot(path=pictures / f"no-script-{made.__name__}.png")
    assert not page.locator("#filters").is_visible()
    assert page.get_by_role("button").count() == 0
    assert all(each.is_visible() for each in page.locator(".finding, .scenario").all())
    page.locator(".scenario > summary").first.click()
    assert page.locator(".scenario").first.locator("p").first.is_visible()
    page.locator(".places a").first.click()
    name = page.url.partition("#")[2]
    assert page.locator(f"#{name}").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_and_has_nothing_to_click(
    visit: Callable[..., Visit], pictures: Path, scheme: str
) -> None:
    """What is open is printed, and what is folded says so."""
    opened = visit(failing_run(), "step-deployments-life-1", scheme=scheme)
    page = opened.page
    page.emulate_media(media="print")
    page.screenshot(path=pictures / f"print-{scheme}.png", full_page=True)
    assert _brightness(opened) == 255
    assert not page.locator("nav").is_visible()
    assert not page.locator("#filters").is_visible()
    assert page.locator("button:visible").count() == 0
    assert page.locator("#step-deployments-life-1").is_visible()
    assert page.locator(".finding").first.is_visible()
    assert page.pdf(format="A4")[:5] == b"%PDF-"


def test_a_title_from_right_to_left_leaves_its_neighbours_alone(visit: Callable[..., Visit]) -> None:
    """The number of steps stands beside its noun, behind the title."""
    opened = visit(run(scenario(step(), title="\u05e9\u05dc\u05d5\u05dd", ticket="")))
    summary = opened.page.locator("details.scenario > summary")
    title = summary.locator("span", has_text="\u05e9").bounding_box()
    counted = summary.locator("small").bounding_box()
    assert title is not None
    assert counted is not None
    assert counted["x"] >= title["x"] + title["width"]
