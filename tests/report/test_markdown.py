"""report.md: worst first, within the limit, and foreign text stays text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.readiness import assess
from harness.report.markdown import LIMIT, render_markdown
from harness.result import RunResult, Verdict
from harness.rules import Severity
from tests.report.builders import (
    HOSTILE,
    accepted,
    contracts,
    difference,
    failing_run,
    finding,
    good_run,
    hostile_run,
    lens_run,
    run,
    sandbox_run,
    scenario,
    step,
)

_ANY_TEXT = (
    st.text(st.characters(exclude_categories=()), max_size=80)
    | st.text("`|\\@<>&[]()*_#~$!-+=1. a\n\x1b", max_size=12)
    | st.sampled_from(HOSTILE)
)
_OPEN_PIPE = re.compile(r"(?<!\\)\|")


def _render(made: RunResult) -> str:
    return render_markdown(made, assess(made, contracts=contracts()))


def _rows(table: list[str]) -> set[int]:
    """Count the cells of each row: code spans of ours hold no pipe at all."""
    return {len(_OPEN_PIPE.findall(row)) for row in table}


@given(values=st.lists(_ANY_TEXT, min_size=1, max_size=3))
def test_every_table_keeps_its_columns(values: list[str]) -> None:
    """Hostile names, titles, tickets and findings make no cell more and no row more."""
    made = _render(hostile_run({str(number): value for number, value in enumerate(values)}))
    assert len(re.findall(r"^\|[-:|]+\|$", made, re.MULTILINE)) in (5, 6)
    for block in re.findall(r"(?:^\|.*\n)+", made, re.MULTILINE):
        assert len(_rows([row.replace("\\\\", "") for row in block.splitlines()])) == 1


def test_a_long_example_is_cut_and_says_so() -> None:
    """A list of a hundred elements is shown by its first lines."""
    many = finding(difference(baseline=list(range(100))))
    assert "\n- … 90 more lines\n+ " in _render(run(scenario(step(many, verdict=Verdict.MISMATCH))))


def test_no_line_of_an_example_can_end_its_block() -> None:
    """Each line of a side starts with its sign."""
    blocks = re.findall(r"```diff\n(.*?)\n```", _render(hostile_run()), flags=re.DOTALL)
    assert len(blocks) == len(HOSTILE)
    assert all(line[0] in "-+" for block in blocks for line in block.split("\n"))


def test_the_first_lines_say_readiness_sandbox_and_reasons() -> None:
    """A reader who stops after five lines knows."""
    lines = [line for line in _render(sandbox_run()).splitlines() if line]
    assert lines[0] == "# Astro API: migration from v1beta1 to v1: NO-GO"
    assert lines[1] == (
        "> **The evidence of all 3 scenarios comes from the sandbox: "
        "it proves nothing about the vendor's service.**"
    )
    assert lines[2] == "- v1 does not support 1 operation used here: ListAlerts."


def test_without_the_sandbox_there_is_no_banner() -> None:
    """The banner would lose its meaning."""
    made = _render(good_run())

    assert "\n> " not in made
    assert "comes from the sandbox" not in made


def test_sections_come_worst_first() -> None:
    """Breaking, risky, info, unsupported, not proved, then everything else."""
    titles = re.findall(r"^## ([A-Za-z0-9' ]+)", _render(failing_run()), re.MULTILINE)
    assert [title.strip() for title in titles] == [
        "The guide's four checks",
        "Breaking findings",
        "Risky findings",
        "For information",
        "Operations that v1 does not support",
        "What was not proved",
        "Operations",
        "Coverage",
        "Tokens by operation",
        "Mistakes by operation",
        "How long the answers take",
        "Scenarios",
        "Acceptances",
    ]


def test_operations_that_left_their_contract_have_a_table() -> None:
    """Side, place, number and what it means; without any there is no such section."""
    title = "## Operations whose answers left their contract"

    assert "| GetWorkspace | v1 | `$.body.scope` | 1 | contract broken |" in _render(lens_run())
    assert title in _render(lens_run())
    assert title not in _render(failing_run())


def test_every_finding_says_what_the_contracts_say() -> None:
    """In words where it is shown in full, in a cell where it is a row, and in the count of all."""
    made = _render(lens_run())

    assert "- Contracts: contract broken: a side does what its own published contract rules out" in made
    assert "| `undocumented-property` | `$.body.debug` | GetWorkspace | 2 | undocumented |" in made
    assert "the findings: 3 documented, 2 undocumented, 1 contract broken." in made


def test_what_breaks_for_the_reader_is_counted() -> None:
    """Against what the rules call breaking."""
    assert "- Breaking for you: 2 of 3 (1 accepted)." in _render(lens_run())


def test_an_accepted_breaking_finding_is_shown_as_such() -> None:
    """With ticket, last day, reason and the place of the acceptance."""
    assert (
        "**Accepted** in `PLAT-413` until 2027-01-31: the client reads scope since 4.2 "
        "(`scenarios/tokens/list.yaml:14`)"
    ) in _render(sandbox_run())


def test_what_was_agreed_has_a_table() -> None:
    """When it ends, how old it is, why, and where; it is the last section."""
    made = _render(sandbox_run())
    row = (
        "| 2027-01-31, 71 days after the run | not known: no first day is written | PLAT-413 "
        "| the client reads scope since 4.2 | `property-renamed` | 1 | `scenarios/tokens/list.yaml:14` |"
    )

    assert made.rpartition("\n## ")[2].startswith("Acceptances\n\n| Ends | Agreed | Ticket | Reason |")
    assert row in made
    assert "## Acceptances" not in _render(good_run())


def test_what_was_agreed_is_cut_first() -> None:
    """Everything else is whole while there is something of it to cut."""
    steps = [
        step(
            finding(
                difference(path=f"$.body.a{number}"),
                fingerprint=f"{number:012x}",
                accepted=accepted(f"agreed {number} {'x' * 100}"),
            ),
            verdict=Verdict.ACCEPTED,
        )
        for number in range(30)
    ]
    made = run(scenario(*steps))
    whole = render_markdown(made, assess(made), limit=100_000)
    shorter = render_markdown(made, assess(made), limit=len(whole) - 2_000)

    assert "left out" not in whole
    assert {noun for _, noun in re.findall(r"^\*(\d+) (\w+) more: left out", shorter, re.MULTILINE)} == {
        "acceptances"
    }


def test_one_cause_is_one_entry_with_its_places() -> None:
    """Forty places are ten names and a number."""
    steps = [step(finding(), verdict=Verdict.MISMATCH, where=f"a.yaml:{line}") for line in range(40)]
    made = _render(run(scenario(*steps)))
    assert made.count("### ") == 1
    assert "- Where (40 places): `a.yaml:0` first page (ListApiTokens), " in made
    assert "and 30 more" in made


@pytest.mark.parametrize("value", ["plain", "|`@<&" * 200])
def test_a_large_report_stays_within_the_limit_and_says_what_it_left_out(value: str) -> None:
    """Cut between findings; every section keeps a part for itself."""
    scenarios = [
        scenario(
            step(
                finding(
                    difference(path=f"$.body.a{number}"), explanation=value, remedy=value, consequence=value
                ),
                finding(
                    difference(path=f"$.body.b{number}"),
                    severity=Severity.RISKY,
                    accepted=accepted(value, value),
                ),
                finding(difference(path=f"$.body.c{number}"), severity=Severity.INFO, explanation=value),
                verdict=Verdict.MISMATCH,
                name=value,
                operation=f"{value} {number}",
            ),
            id=f"{value} {number}",
            title=value,
            reason=value,
        )
        for number in range(400)
    ]
    made = _render(run(*scenarios, planned=500))
    assert 30_000 < len(made) < LIMIT
    left = re.findall(r"^\*(\d+) (\w+) more: left out here", made, re.MULTILINE)
    assert {noun for _, noun in left} >= {"causes", "operations", "scenarios"}
    for title in ("Breaking", "Risky", "For information", "What was not proved", "Operations", "Scenarios"):
        assert f"## {title}" in made
    kept = len(re.findall(r"^### ", made, re.MULTILINE))
    assert kept + sum(int(number) for number, _ in left[:2]) == 800


def test_what_fits_is_not_cut() -> None:
    """The sentence about the limit is not in an ordinary report."""
    assert "left out" not in _render(failing_run())
