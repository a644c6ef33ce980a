"""Which noise of a run is proposed as an acceptance, and which must not be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.difference import Kind
from harness.exchange import Body, BodyKind, Json
from harness.learning import Lessons, learn
from harness.result import Finding, Noise, Repeats, ScenarioResult, StepResult, Verdict
from harness.rules import Severity
from harness.scenario import read_scenario
from harness.struct import replace
from tests.report.builders import accepted, difference, evidence, finding, run, scenario, step

TODAY = date(2026, 11, 21)
TEXT = """\
scenario: Teams
steps:
  - operation: ListTeams
    request: {query: {limit: 20}}
  - operation: GetOrganization
"""
BODY: Json = {"teams": [{"id": "a", "description": "x"}], "*": {"size": 1}, "totalCount": 1}


def noisy(path: str = "$.body.teams[*].description", **changes: Any) -> Finding:
    """Build a finding that is noise of the baseline, in 2 of 3 repeats."""
    kind = changes.pop("kind", Kind.VALUE)
    severity = changes.pop("severity", Severity.RISKY)
    noise = Noise(
        baseline=Repeats(disagreed=2, samples=3),
        candidate=Repeats(disagreed=3, samples=3),
        excused=True,
        severity=severity,
    )
    made = finding(
        difference(kind=kind, path=path, to=changes.pop("to", ""), baseline="a", candidate="b"),
        rule="value-changed",
        severity=Severity.INFO,
        noise=noise,
    )
    return replace(made, **changes)


def listed(*findings: Finding, where: str = "scenarios/a.yaml:3", **changes: Any) -> ScenarioResult:
    """Build a scenario whose only step lists teams."""
    made = {"name": "ListTeams", "operation": "ListTeams", "verdict": Verdict.MATCH, **changes}
    called: StepResult = step(*findings, where=where, **{"baseline": evidence("iam", BODY), **made})
    return scenario(called, id="a", where="scenarios/a.yaml:1")


def learned(root: Path, *scenarios: ScenarioResult, text: str = TEXT, days: int = 30) -> Lessons:
    """Learn from a run of a scenario of that text."""
    path = root / "scenarios" / "a.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return learn(run(*scenarios), root, TODAY, days)


def refused(lessons: Lessons) -> str:
    """Return why the only noise was not proposed."""
    (refusal,) = lessons.refusals
    assert not lessons.proposals
    assert not lessons.files
    return refusal.why


def test_noise_of_a_value_is_proposed(tmp_path: Path) -> None:
    """By rule and place, with what was seen and when, until a day, and as what comes and goes."""
    lessons = learned(tmp_path, listed(noisy()))
    (proposal,) = lessons.proposals

    assert proposal.where == "scenarios/a.yaml:3"
    assert proposal.entry == {
        "rule": "value-changed",
        "path": "$.body.teams[*].description",
        "reason": "noise: v1beta1 disagreed with itself in 2 of 3 repeats on 2026-11-20",
        "until": "2026-12-21",
        "noise": True,
    }
    assert lessons.refusals == ()


def test_the_file_with_it_reads(tmp_path: Path) -> None:
    """The acceptance belongs to its step, whatever was put above it meanwhile."""
    second = listed(noisy("$.body.name"), name="GetOrganization", where="scenarios/a.yaml:5")
    lessons = learned(tmp_path, listed(noisy(), noisy("$.body.totalCount")), second)
    (file,) = lessons.files
    file.path.write_text(file.after, "utf-8")
    read = read_scenario(file.path, root=tmp_path / "scenarios", base=tmp_path)

    assert (file.shown, file.before) == ("scenarios/a.yaml", TEXT)
    assert [[each.path for each in step.accept] for step in read.steps] == [
        ["$.body.teams[*].description", "$.body.totalCount"],
        ["$.body.name"],
    ]


def test_what_was_written_is_not_proposed_again(tmp_path: Path) -> None:
    """The same run has nothing more to teach."""
    (file,) = learned(tmp_path, listed(noisy())).files

    assert learned(tmp_path, listed(noisy()), text=file.after) == Lessons()


def test_one_place_is_proposed_once(tmp_path: Path) -> None:
    """Several runs of one step are one acceptance, with the strongest evidence."""
    weaker = noisy()
    assert weaker.noise is not None
    weaker = replace(weaker, noise=replace(weaker.noise, baseline=Repeats(disagreed=1, samples=3)))
    rows = [listed(weaker, name=f"ListTeams [{number}]") for number in (1, 2)]
    (proposal,) = learned(tmp_path, *rows, listed(noisy())).proposals

    assert "2 of 3" in str(proposal.entry["reason"])


def test_only_noise_that_would_count_is_proposed(tmp_path: Path) -> None:
    """Other differences, what is accepted, and what is info anyway are left alone."""
    proved = noisy()
    assert proved.noise is not None
    kept = replace(proved, noise=replace(proved.noise, excused=False), severity=Severity.RISKY)
    found = [
        finding(),
        kept,
        noisy("$.body.a", accepted=accepted()),
        noisy("$.body.b", severity=Severity.INFO),
    ]

    assert learned(tmp_path, listed(*found)) == Lessons()


@pytest.mark.parametrize(
    ("rule", "kind", "path"),
    [
        ("property-removed", Kind.REMOVED, "$.body.name"),
        ("property-added", Kind.ADDED, "$.body.name"),
        ("type-changed", Kind.TYPE, "$.body.name"),
        ("became-nullable", Kind.NULL, "$.body.name"),
        ("format-changed", Kind.FORMAT, "$.body.name"),
        ("enum-value-added", Kind.VALUE, "$.body.name"),
        ("resource-identity-changed", Kind.VALUE, "$.body.id"),
        ("list-elements-missing", Kind.ELEMENT_REMOVED, "$.body.teams[*]"),
        ("status-success-lost", Kind.STATUS, "$.status"),
        ("media-type-changed", Kind.MEDIA_TYPE, "$.headers['content-type']"),
    ],
)
def test_structure_is_never_noise_to_accept(tmp_path: Path, rule: str, kind: Kind, path: str) -> None:
    """What says what answers are like is left to people, even where the baseline disagrees with itself."""
    assert "more than a value" in refused(learned(tmp_path, listed(noisy(path, rule=rule, kind=kind))))


def test_a_rename_is_never_noise_to_accept(tmp_path: Path) -> None:
    """Two names of one thing are structure."""
    found = noisy("$.body.a", rule="property-renamed", kind=Kind.RENAMED, to="$.body.b")

    assert "more than a value" in refused(learned(tmp_path, listed(found)))


def test_a_whole_body_is_never_accepted(tmp_path: Path) -> None:
    """An acceptance at the body would hide all that is in it."""
    text = evidence("iam", body=Body(kind=BodyKind.TEXT, data="a"))

    assert (
        refused(learned(tmp_path, listed(noisy("$.body"), baseline=text))) == "it would hide the whole body"
    )


def test_no_path_covers_more_than_what_drifts(tmp_path: Path) -> None:
    """The star stands for elements of lists; a property of that name would be any property."""
    why = refused(learned(tmp_path, listed(noisy("$.body[*].size"))))

    assert why == "its path would cover every property of an object"


def test_a_body_that_was_too_large_to_keep_proves_no_path(tmp_path: Path) -> None:
    """Nobody can tell what a star in a path covers in it; a path without one covers one place."""
    left_out = evidence("iam", body=Body(kind=BodyKind.TEXT, data="(left out: 9 bytes, SHA-256 0)"))
    plain = learned(tmp_path, listed(noisy("$.body.totalCount"), baseline=left_out))

    assert refused(learned(tmp_path, listed(noisy(), baseline=left_out))) == (
        "its body is not in the log, so nobody can tell what its path covers"
    )
    assert [each.entry["path"] for each in plain.proposals] == ["$.body.totalCount"]


def test_what_nobody_can_see_is_not_written(tmp_path: Path) -> None:
    """A place with characters that turn the direction of writing is left to people."""
    assert "nobody can see" in refused(learned(tmp_path, listed(noisy("$.body['\u202ea']"))))


def test_headers_and_times_may_be_noise(tmp_path: Path) -> None:
    """A header's value and how long a call takes have no body to look at."""
    found = [
        noisy("$.headers.etag", rule="header-changed", kind=Kind.HEADER_VALUE),
        noisy("$.elapsed", rule="latency-regressed", kind=Kind.LATENCY),
    ]

    assert len(learned(tmp_path, listed(*found)).proposals) == 2


def test_no_real_difference_is_hidden(tmp_path: Path) -> None:
    """What is noise for one element and a difference for another one is not accepted for both."""
    real = noisy(severity=Severity.RISKY)
    assert real.noise is not None
    real = replace(real, severity=Severity.RISKY, noise=None)
    rows = listed(noisy(), name="ListTeams [1]"), listed(real, name="ListTeams [2]")

    assert "which is no noise" in refused(learned(tmp_path, *rows))


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("steps:", "tags: [a]\nsteps:"),
        TEXT.replace("ListTeams", "ListUsers"),
        "scenario: Teams\nsteps:\n  - include: shared/teams.yaml\n",
        "7\n",
    ],
)
def test_a_scenario_that_was_changed_is_left_alone(tmp_path: Path, text: str) -> None:
    """Where the step of the run does not stand any more, nothing is guessed."""
    assert "changed since the run" in refused(learned(tmp_path, listed(noisy()), text=text))


def test_a_scenario_that_is_gone_is_told(tmp_path: Path) -> None:
    """So is a place outside the project, and a file that is no document."""
    elsewhere = replace(listed(noisy(), where="../x/a.yaml:3"), where="../x/a.yaml:1")
    gone = replace(listed(noisy(), where="scenarios/b.yaml:3"), where="scenarios/b.yaml:1")

    assert "no file of the project" in refused(learned(tmp_path, elsewhere))
    assert "cannot be read" in refused(learned(tmp_path, gone))
    assert "scenarios/a.yaml:1" in refused(learned(tmp_path, listed(noisy()), text="a: [\n"))


def test_included_steps_are_left_to_people(tmp_path: Path) -> None:
    """An acceptance in a shared file would hold for every scenario that includes it."""
    why = refused(learned(tmp_path, listed(noisy(), where="scenarios/shared/b.yaml:2")))

    assert why.startswith("its step is in scenarios/shared/b.yaml, which any scenario may include")


def test_an_acceptance_past_its_day_is_told(tmp_path: Path) -> None:
    """A second one beside it would leave the first one to be found."""
    (file,) = learned(tmp_path, listed(noisy())).files
    text = file.after.replace("2026-12-21", "2026-11-20")

    assert refused(learned(tmp_path, listed(noisy()), text=text)) == (
        "its acceptance at scenarios/a.yaml:6 is past its last day; set a new one, or remove it"
    )


def test_mistakes_made_since_are_told(tmp_path: Path) -> None:
    """A file whose acceptances no longer read is left alone, with how to see why."""
    (file,) = learned(tmp_path, listed(noisy())).files
    text = file.after.replace("noise: true", "nois: true")

    assert refused(learned(tmp_path, listed(noisy()), text=text)) == (
        "what stands under `accept` has mistakes now; `pytest --collect-only` says which"
    )


def test_what_would_not_pass_is_not_proposed(tmp_path: Path) -> None:
    """The finding is judged again with the acceptance: one that is over already helps nobody."""
    assert "count all the same" in refused(learned(tmp_path, listed(noisy()), days=-1))


def test_a_step_without_a_place_is_told(tmp_path: Path) -> None:
    """What cannot be written without touching other lines is left to people, with the text to write."""
    text = "scenario: Teams\nx: &a {operation: ListTeams}\nsteps:\n  - *a\n"
    why = refused(learned(tmp_path, listed(noisy(), where="scenarios/a.yaml:2"), text=text))

    assert "Write it yourself" in why
