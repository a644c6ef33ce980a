"""Deep links, folding and copying in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.exchange import Body, BodyKind, Json
from harness.result import RunResult, Verdict
from harness.rules import Severity
from tests.report.browser import Visit
from tests.report.builders import difference, evidence, failing_run, finding, run, scenario, step

_IN_VIEW = """id => {
    const box = document.getElementById(id).getBoundingClientRect();
    return box.top >= -1 && box.top < innerHeight;
}"""


@pytest.mark.parametrize(
    "name",
    [
        "cause-d0e09a7c6509",
        "scenario-users-list",
        "scenario-deployments-life",
        "step-deployments-life-2",
        "step-tokens-list-5",
        "coverage",
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_link_opens_what_it_names(visit: Callable[..., Visit], name: str, *, at_once: bool) -> None:
    """All that it is folded into opens, it comes into view, and the keyboard goes on from there."""
    opened = visit(failing_run(), name if at_once else "")
    if not at_once:
        opened.follow(name)
    page = opened.page
    assert page.locator(f"#{name}").is_visible()
    assert page.evaluate(_IN_VIEW, name)
    folded = page.evaluate("id => Boolean(document.getElementById(id).closest('details:not([open])'))", name)
    assert not folded
    if name != "coverage":
        assert page.evaluate("document.activeElement.id") == name


def test_a_link_behind_many_findings_leads_to_its_place(visit: Callable[..., Visit]) -> None:
    """What a browser lays out only when it comes into view moves the place once more, a frame later."""
    many = [
        finding(difference(path=f"$.body.p{number}", to=""), fingerprint=f"{number:012x}")
        for number in range(250)
    ]
    last = finding(difference(path="$.body.last", to=""), severity=Severity.RISKY, fingerprint="f" * 12)
    opened = visit(run(scenario(step(*many, last, verdict=Verdict.MISMATCH), verdict=Verdict.MISMATCH)))
    opened.page.locator("nav").get_by_role("link", name="Risky").click()
    opened.page.wait_for_timeout(500)
    assert opened.page.evaluate(_IN_VIEW, "risky")


def test_a_cause_is_found_by_its_findings_too(visit: Callable[..., Visit]) -> None:
    """The name is made of what `run.json` has; the whole finding is focused and marked, not an empty name."""
    opened = visit(failing_run(), "cause-0123456789ab")
    page = opened.page
    marked = page.locator("article:has(#cause-0123456789ab)")
    assert page.evaluate("document.activeElement.id") == marked.get_attribute("id")
    assert page.evaluate(_IN_VIEW, marked.get_attribute("id"))
    assert marked.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_a_link_to_what_is_filtered_out_shows_all(visit: Callable[..., Visit]) -> None:
    """Whoever follows a link wants to see where it leads."""
    opened = visit(failing_run())
    opened.page.get_by_role("searchbox").fill("nothing has this")
    assert opened.visible(".scenario") == []
    opened.follow("scenario-users-list")
    assert opened.page.locator("#scenario-users-list").is_visible()
    assert opened.page.get_by_role("searchbox").input_value() == ""


def test_a_link_may_choose_and_point_at_once(visit: Callable[..., Visit]) -> None:
    """The fragment holds both."""
    opened = visit(failing_run(), "scenario-tokens-list&operation=ListApiTokens")
    assert opened.visible(".scenario") == ["scenario-tokens-list"]
    assert opened.page.evaluate("document.activeElement.id") == "scenario-tokens-list"


def test_a_link_to_nothing_does_nothing(visit: Callable[..., Visit]) -> None:
    """A cause may be gone in the next run."""
    opened = visit(failing_run(), "cause-ffffffffffff")
    assert len(opened.visible(".scenario")) == 5


def test_a_finding_links_to_its_step_and_back(visit: Callable[..., Visit]) -> None:
    """By clicking, as a reader does."""
    opened = visit(failing_run())
    page = opened.page
    article = page.locator(".finding").first
    name = article.get_attribute("id")
    article.locator(".places a").first.click()
    step_name = page.url.partition("#")[2]
    assert step_name.startswith("step-")
    assert page.locator(f"#{step_name}").is_visible()
    page.locator(f"#{step_name} .found a").first.click()
    assert page.url.partition("#")[2].startswith("cause-")
    assert name is not None


def test_everything_unfolds_and_folds(visit: Callable[..., Visit]) -> None:
    """But for what is filtered out."""
    opened = visit(failing_run())
    page = opened.page
    page.get_by_label("Operation", exact=True).select_option(label="ListUsers")
    page.get_by_role("button", name="Expand all").click()
    assert page.locator("#scenario-users-list details:not([open])").count() == 0
    assert page.locator("#scenario-tokens-list").get_attribute("open") is None
    page.get_by_role("button", name="Collapse all").click()
    assert page.locator("main details[open]").count() == 0


def test_bodies_are_folded_but_for_what_differs(visit: Callable[..., Visit]) -> None:
    """What is alike can be opened."""
    alike: list[Json] = list(range(30))
    old: Json = {"a": alike, "tokens": [{"type": "WORKSPACE"}, {"type": "ORGANIZATION"}]}
    new: Json = {"a": alike, "tokens": [{"scope": "WORKSPACE"}, {"scope": "ORGANIZATION"}]}
    differs = step(
        finding(),
        verdict=Verdict.MISMATCH,
        baseline=evidence("iam", old),
        candidate=evidence("v1", new),
    )
    opened = visit(run(scenario(differs)), "step-tokens-list-1")
    page = opened.page
    part = page.locator("#step-tokens-list-1")
    part.locator("details.proof > summary").click()
    assert part.locator("mark.found").all_inner_texts() == [
        '      "type": "WORKSPACE"',
        '      "type": "ORGANIZATION"',
        '      "scope": "WORKSPACE"',
        '      "scope": "ORGANIZATION"',
    ]
    fold = part.locator("details.alike").first
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert "29" in fold.locator("pre").inner_text()


def test_a_command_can_be_copied(visit: Callable[..., Visit]) -> None:
    """The button copies the text as it stands, without itself."""
    opened = visit(failing_run())
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened.page
    article = page.locator(".finding").first
    article.locator("summary", has_text="Call both again").click()
    article.get_by_role("button", name="Copy").first.click()
    article.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl --include --globoff")
    assert copied == article.locator("pre.paste").first.inner_text().strip()


def _long() -> RunResult:
    large = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * 10_000))
    return run(
        *(
            scenario(step(candidate=large, verdict=Verdict.INCONCLUSIVE), id=f"s{number:03}")
            for number in range(600)
        )
    )


def test_links_lead_into_the_files_beside_the_page(visit: Callable[..., Visit]) -> None:
    """The scenario opens there; so it does from a line of the page that a link names."""
    opened = visit(_long())
    page = opened.page
    opened.follow("scenario-s599")
    line = page.locator("#scenario-s599")
    assert page.evaluate(_IN_VIEW, "scenario-s599")
    line.get_by_role("link").click()
    page.wait_for_url("**/report-details/scenarios-*.html#scenario-s599")
    assert page.locator("#scenario-s599 .step").is_visible()
