"""Filters and search in a browser: they narrow findings and scenarios, and links keep what was chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from harness.report.html import PART
from harness.result import RunResult, Verdict
from harness.rules import Check, Severity
from harness.struct import replace
from tests.report.browser import Visit
from tests.report.builders import accepted, difference, evidence, finding, run, scenario, step

_FINDINGS = ".finding, .condensed tbody tr"


def _found(opened: Visit) -> list[str]:
    """Return the findings that can be seen, by the names that their fingerprints give them."""
    names = opened.visible(_FINDINGS)
    return [str(opened.page.locator(f"#{name} span[id]").first.get_attribute("id")) for name in names]


def _run() -> RunResult:
    """Build three scenarios: a breaking and an info finding, a risky accepted one, and one that matches."""
    breaking = finding(fingerprint="a" * 12)
    info = finding(
        difference(path="$.body.extra", to=""),
        rule="property-added",
        severity=Severity.INFO,
        check=Check.BEHAVIOUR,
        explanation="ListApiTokens: v1 answers with an umlaut, Ä, as well.",
        fingerprint="b" * 12,
    )
    risky = replace(
        finding(difference(path="$.status", to=""), severity=Severity.RISKY, check=Check.ERRORS),
        rule="status-error-changed",
        operation="ListUsers",
        explanation="ListUsers: v1 answers 404 in place of 400.",
        accepted=accepted(),
        fingerprint="c" * 12,
    )
    listed = step(risky, operation="ListUsers", verdict=Verdict.ACCEPTED, checks=(Check.ERRORS,))
    return run(
        scenario(step(breaking, info, verdict=Verdict.MISMATCH)),
        scenario(listed, id="users/list", title="List users", tags=("users",), ticket="PLAT-7"),
        scenario(
            step(candidate=evidence(data={"needle": 1})), id="tokens/again", title="List again", ticket=""
        ),
    )


_A, _B, _C = (f"cause-{letter * 12}" for letter in "abc")
_ALL = [_A, _C, _B]
_TOKENS, _USERS, _AGAIN = "scenario-tokens-list", "scenario-users-list", "scenario-tokens-again"


@pytest.mark.parametrize(
    ("name", "choice", "findings", "scenarios"),
    [
        ("Severity", "Breaking", [_A], [_TOKENS]),
        ("Severity", "Info", [_B], [_TOKENS]),
        ("Check", "Errors", [_C], [_USERS]),
        ("Operation", "ListApiTokens", [_A, _B], [_TOKENS, _AGAIN]),
        ("Tag", "users", [_C], [_USERS]),
        ("Ticket", "PLAT-412", [_A, _B], [_TOKENS]),
        ("Ticket", "PLAT-413", [_C], [_USERS]),
        ("Agreed", "accepted", [_C], [_USERS]),
        ("Agreed", "open", [_A, _B], [_TOKENS]),
        ("Since the last run", "new", [_A], [_TOKENS]),
        ("Since the last run", "known", [_B], [_TOKENS]),
    ],
)
def test_a_filter_narrows_findings_and_scenarios(
    visit: Callable[..., Visit], name: str, choice: str, findings: list[str], scenarios: list[str]
) -> None:
    """And says how many are left; a section without any is hidden."""
    opened = visit(_run(), states={"a" * 12: "new", "b" * 12: "known"})
    opened.page.get_by_label(name, exact=True).select_option(label=choice)
    assert _found(opened) == findings
    assert opened.visible(".scenario") == scenarios
    status = opened.page.get_by_role("status").inner_text()
    assert status == f"Shown here: {len(findings)} of 3 causes, {len(scenarios)} of 3 scenarios"
    heads = opened.visible("#breaking, #risky, #info")
    assert len(heads) == len(findings)


def test_filters_work_together_and_are_taken_back(visit: Callable[..., Visit]) -> None:
    """What no finding has together shows nothing; one button shows all again."""
    opened = visit(_run())
    page = opened.page
    page.get_by_label("Severity", exact=True).select_option(label="Breaking")
    page.get_by_label("Check", exact=True).select_option(label="Errors")
    assert _found(opened) == []
    page.get_by_role("button", name="Show all").click()
    assert _found(opened) == _ALL
    assert page.get_by_label("Severity", exact=True).input_value() == ""
    assert page.evaluate("location.href") == opened.url


@pytest.mark.parametrize(
    ("words", "findings", "scenarios"),
    [
        ("UMLAUT", [_B], [_TOKENS]),
        ("ä", [_B], [_TOKENS]),
        ("404  place", [_C], [_USERS]),
        ("needle", [], [_AGAIN]),
        ("no such thing", [], []),
        ("  ", _ALL, [_TOKENS, _USERS, _AGAIN]),
    ],
)
def test_search_finds_all_words_anywhere(
    visit: Callable[..., Visit], words: str, findings: list[str], scenarios: list[str]
) -> None:
    """In sentences and in folded bodies, without regard to case and order."""
    opened = visit(_run())
    opened.page.get_by_role("searchbox").fill(words)
    assert _found(opened) == findings
    assert sorted(opened.visible(".scenario")) == sorted(scenarios)


def test_a_long_table_shows_the_parts_that_have_what_is_looked_for(visit: Callable[..., Visit]) -> None:
    """A part of which nothing is left has no titles either, and a link leads into the last part."""
    steps = [
        step(
            finding(
                difference(path=f"$.body.x{number}", to=""),
                severity=Severity.INFO,
                explanation=f"ListApiTokens: number{number} is told.",
                fingerprint=f"{number:012x}",
            )
        )
        for number in range(2 * PART + 50)
    ]
    opened = visit(run(scenario(*steps)))
    heads = opened.page.locator(".condensed thead")
    assert heads.count() == 3
    opened.page.get_by_role("searchbox").fill("number240")
    assert [head.is_visible() for head in heads.all()].count(True) == 1
    assert _found(opened) == [f"cause-{240:012x}"]
    opened.follow(f"cause-{249:012x}")
    assert [head.is_visible() for head in heads.all()].count(True) == 3
    expect(opened.page.locator(f"tr:has(#cause-{249:012x})")).to_be_in_viewport()


def test_the_address_keeps_what_was_chosen(visit: Callable[..., Visit]) -> None:
    """In words, which mean the same in the page of another run; somebody else sees what one saw."""
    opened = visit(_run())
    page = opened.page
    page.get_by_label("Operation", exact=True).select_option(label="ListApiTokens")
    page.get_by_role("searchbox").fill("called & so")
    fragment = page.evaluate("location.hash.slice(1)")
    assert fragment == "operation=ListApiTokens&search=called%20%26%20so"
    page.get_by_role("searchbox").fill("called")
    again = visit(_run(), page.evaluate("location.hash.slice(1)"))
    assert _found(again) == [_A]
    assert (
        again.page.get_by_label("Operation", exact=True).locator("option:checked").inner_text()
        == "ListApiTokens"
    )
    assert again.page.get_by_role("searchbox").input_value() == "called"


def test_a_choice_that_this_page_does_not_have_is_no_choice(visit: Callable[..., Visit]) -> None:
    """A link into the page of another run."""
    opened = visit(_run(), "operation=Gone&severity=Risky&nothing=x")
    assert _found(opened) == [_C]


def test_links_within_the_page_keep_what_was_chosen(visit: Callable[..., Visit]) -> None:
    """Following one does not show what was filtered out."""
    opened = visit(_run())
    opened.page.get_by_label("Severity", exact=True).select_option(label="Breaking")
    opened.page.get_by_role("link", name="Acceptances").click()
    assert _found(opened) == [_A]
