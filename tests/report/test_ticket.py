"""The part of a run that belongs to a ticket."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.readiness import assess
from harness.report.ticket import LIMITS, part_of, ticket_markdown, tickets_of, utf16_units
from harness.result import Accepted, Readiness, RunResult, Verdict
from harness.settings import RunAcceptance, load_settings
from harness.struct import replace
from tests.report.builders import (
    accepted,
    difference,
    every_check,
    failing_run,
    finding,
    hostile_run,
    run,
    sandbox_run,
    scenario,
    step,
    timed_run,
)


def test_the_tickets_of_a_run() -> None:
    """Those of scenarios and those of acceptances, each once."""
    assert tickets_of(failing_run()) == ("PLAT-412", "PLAT-413")
    assert tickets_of(run(scenario(every_check(), ticket=""))) == ()


def test_what_belongs_to_a_ticket() -> None:
    """The scenarios that name it, and those with a finding that was accepted there, as a whole."""
    made = run(*sandbox_run().scenarios, scenario(every_check(), id="x", ticket="PLAT-413"))
    part = part_of(made, "PLAT-413")

    assert [each.id for each in part.run.scenarios] == ["tokens/list", "x"]
    assert part.run.scenarios[0] == sandbox_run().scenarios[1]
    assert (
        part.assessment.reasons[0]
        == part.note
        == ("This is the part of a run that belongs to PLAT-413: 2 of 4 scenarios.")
    )


def test_it_has_a_readiness_of_its_own() -> None:
    """What fails elsewhere is not this ticket's matter."""
    made = run(
        scenario(every_check(), id="a", ticket="A-1"),
        scenario(step(finding(), verdict=Verdict.MISMATCH), id="b", ticket="B-2"),
    )

    assert part_of(made, "A-1").assessment.readiness is Readiness.GO
    assert part_of(made, "B-2").assessment.readiness is Readiness.NO_GO


@pytest.mark.parametrize("operation", ["ListApiTokens", ""])
def test_what_the_whole_run_needs_an_acceptance_for_is_no_stale_one_of_a_part(
    operation: str, tmp_path: Path
) -> None:
    """The part's calls may be as quick as ever; an acceptance that no call needs is stale in each part."""
    quick, slow = timed_run(40, 0.2, 0.2).scenarios, timed_run(200, 0.2, 0.9).scenarios
    whole = run(replace(quick[0], id="a", ticket="A-1"), replace(slow[0], id="b", ticket="B-2"))
    agreed = Accepted(reason="it runs at night", where="pyproject.toml:7")
    acceptance = RunAcceptance(rule="latency-regressed", operation=operation, accepted=agreed)
    settings = replace(load_settings(tmp_path), accept=(acceptance,))
    stale = part_of(run(whole.scenarios[0]), whole.scenarios[0].ticket, settings).assessment

    assert assess(whole, accept=settings.accept).behaviour.lapsed == ()
    assert part_of(whole, "A-1", settings).assessment.behaviour.lapsed == ()
    assert part_of(whole, "B-2", settings).assessment.behaviour.accepted == {"ListApiTokens": agreed}
    assert [each.rule for each in stale.behaviour.lapsed] == ["acceptance-unused"]


def test_what_did_not_finish_may_belong_to_any_ticket() -> None:
    """Nobody knows its ticket, so that no part of such a run is GO."""
    made = run(scenario(every_check(), ticket="A-1"), planned=3, unfinished=("b",))
    part = part_of(made, "A-1")

    assert part.assessment.readiness is Readiness.NOT_PROVEN
    assert (part.run.planned, part.run.unfinished) == (3, ("b",))
    assert part.note.endswith("because nobody knows whose it is.")


def test_a_ticket_that_nothing_belongs_to() -> None:
    """One message, with the nearest of the known tickets and all of them."""
    with pytest.raises(UsageError) as caught:
        part_of(failing_run(), "PLAT-41")

    assert str(caught.value) == (
        "--ticket: nothing of this run belongs to the ticket PLAT-41. "
        "Did you mean PLAT-413? The tickets of this run: PLAT-412, PLAT-413."
    )


def test_a_run_without_tickets_and_one_with_many() -> None:
    """The advice says how a scenario gets one, and does not list hundreds."""
    many = run(*(scenario(id=f"s{number}", ticket=f"Z-{number:03d}") for number in range(30)))

    with pytest.raises(UsageError, match=r"write `ticket: PLAT-412` into the YAML"):
        part_of(run(scenario(ticket="")), "A-1")
    with pytest.raises(UsageError, match=r"Z-019 and 10 more\.$"):
        part_of(many, "A-1")


def _large(letter: str) -> RunResult:
    """Build a run of which a ticket has far more than any comment holds."""
    return run(
        *(
            scenario(
                step(
                    finding(
                        difference(path=f"$.body.p{each}", to="", baseline=letter * 150),
                        explanation=f"{each} {letter * 400}",
                        fingerprint=f"{each:012x}",
                        cause=f"Thing.p{each}",
                        accepted=accepted(letter * 400, letter * 100) if each % 3 == 0 else None,
                    ),
                    verdict=Verdict.MISMATCH,
                    operation=f"{letter * 100}{each}",
                ),
                id=f"s{each}",
                verdict=Verdict.MISMATCH,
                title=letter * 300,
            )
            for each in range(400)
        ),
        environment=letter * 300,
        tool=letter * 300,
    )


@pytest.mark.parametrize("letter", ["x", "漢", "🚀", "&", "`|", "@"])
@pytest.mark.parametrize("tracker", LIMITS)
def test_it_fits_into_a_comment(tracker: str, letter: str) -> None:
    """Whatever the letters: cut between findings, counted, and it says where the rest is."""
    text = ticket_markdown(part_of(_large(letter), "PLAT-412"), tracker, reserved=500)
    kept = len(re.findall(r"^### ", text, re.MULTILINE))
    left = re.search(
        r"^\*(\d+) causes more: left out here to stay under [\d,]+ characters; ", text, re.MULTILINE
    )

    assert utf16_units(text) < LIMITS[tracker] - 500
    assert text.count("```") % 2 == 0
    assert kept > 0
    assert left is not None
    assert kept + int(left[1]) == 400
    assert "`report.html` and `exchanges.zip` beside this have them.*" in text


@pytest.mark.parametrize("tracker", LIMITS)
def test_hostile_answers_fit_too(tracker: str) -> None:
    """Every text of the run may be one that escapes make longer."""
    made = hostile_run({f"text {number}": "`|<&@#_*" * 90 for number in range(20)})
    made = replace(made, scenarios=tuple(replace(each, ticket="A-1") for each in made.scenarios))

    assert utf16_units(ticket_markdown(part_of(made, "A-1"), tracker)) < LIMITS[tracker]


def test_it_says_what_it_is_below_the_title() -> None:
    """Once, and not among the reasons."""
    text = ticket_markdown(part_of(failing_run(), "PLAT-413"), "jira")

    assert text.splitlines()[2].startswith("This is the part of a run that belongs to PLAT-413: 1 of 6")
    assert text.count("This is the part of a run") == 1
