"""Notes on the lines of scenarios, for GitHub and GitLab."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.difference import Kind
from harness.readiness import assess
from harness.report.notes import MOST_ANNOTATIONS, Level, Note, code_quality, github_annotations, notes_of
from harness.result import RunResult, Verdict
from harness.rules import Severity
from harness.struct import field_names
from tests.report.builders import (
    accepted,
    difference,
    failing_run,
    finding,
    good_run,
    hostile_run,
    run,
    scenario,
    step,
)

_COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^:,\r\n]*)(?:,\w+=[^:,\r\n]*)*)::([^\r\n]*)")


def _notes(made: RunResult, below: str = "") -> tuple[Note, ...]:
    return notes_of(made, assess(made), below)


def _parsed(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as GitHub's runner does; every line must be one."""
    found = []
    for line in text.splitlines():
        match = _COMMAND.fullmatch(line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], properties, match[3]))
    return found


def _differing(number: int, **changes: Any) -> Any:
    fact = difference(path=f"$.body.p{number}", to="")
    one = finding(fact, rule="property-removed", fingerprint=f"{number:012x}", **changes)
    return scenario(
        step(one, verdict=Verdict.MISMATCH, where=f"scenarios/s{number}.yaml:{number + 3}"),
        id=f"s{number}",
        verdict=Verdict.MISMATCH,
    )


def test_a_finding_is_noted_on_its_line() -> None:
    """The rule, the place, what it means, how sure it is, and what to do about it."""
    (level, properties, message), *_ = _parsed(github_annotations(_notes(run(_differing(2)))))

    assert level == "error"
    assert properties == {
        "file": "scenarios/s2.yaml",
        "line": "5",
        "title": "property-removed at $.body.p2",
    }
    assert "Seen in " in message
    assert "What to do: Read `scope` instead." in message


def test_the_project_may_be_below_the_repository() -> None:
    """Files are named from the root of the repository."""
    notes = _notes(run(_differing(2)), "tools/astro")

    assert {note.path for note in notes} == {"tools/astro/scenarios/s2.yaml"}


def test_worst_first_and_nothing_that_was_agreed() -> None:
    """Breaking before risky; accepted findings and those for information are no notes."""
    made = run(
        _differing(1, severity=Severity.INFO),
        _differing(2, severity=Severity.RISKY),
        _differing(3, accepted=accepted()),
        _differing(4),
        scenario(id="s5", verdict=Verdict.INCONCLUSIVE, reason="not run", where="scenarios/s5.yaml:1"),
        scenario(id="s6", verdict=Verdict.ERROR, reason="no cassette", where="scenarios/s6.yaml:1"),
    )
    found = [(note.level, note.path) for note in _notes(made)]

    assert found == [
        (Level.ERROR, "scenarios/s6.yaml"),
        (Level.ERROR, "scenarios/s4.yaml"),
        (Level.WARNING, "scenarios/s2.yaml"),
        (Level.NOTICE, "scenarios/s5.yaml"),
    ]
    assert _notes(good_run()) == ()


def test_what_is_known_to_be_unsupported_is_one_notice() -> None:
    """The scenarios pass, because they say so themselves; the calls are still to be replaced."""
    gone = finding(
        difference(kind=Kind.UNMAPPED, path="$.request", to=""),
        rule="endpoint-removed",
        explanation="ListAlerts is not in v1's contract.",
    )
    declared = [
        scenario(
            step(gone, verdict=Verdict.UNSUPPORTED, where=f"scenarios/{name}.yaml:7"),
            id=name,
            verdict=Verdict.UNSUPPORTED,
        )
        for name in ("a", "b")
    ]
    (note,) = _notes(run(*declared))

    assert (note.level, note.path, note.line) == (Level.NOTICE, "scenarios/a.yaml", 7)
    assert note.title == "declared unsupported"
    assert note.message == f"ListAlerts is not in v1's contract. What to do: {gone.remedy}"
    assert note.fingerprint == _notes(run(*declared[::-1]))[0].fingerprint


def test_what_is_accepted_is_no_notice() -> None:
    """Whoever agreed to go without the endpoint wants to hear no more of it."""
    fact = difference(kind=Kind.UNMAPPED, path="$.request", to="")
    gone = finding(fact, rule="endpoint-removed", accepted=accepted())

    assert _notes(run(scenario(step(gone, verdict=Verdict.UNSUPPORTED), verdict=Verdict.UNSUPPORTED))) == ()


def test_what_did_not_run_is_noted() -> None:
    """It has no line, and is an error all the same."""
    made = run(_differing(1), planned=3, unfinished=("a/b",), missing=("2/5",))
    first, second, _ = _parsed(github_annotations(_notes(made)))

    assert (first[0], first[1]["title"]) == ("error", "shard 2/5 is missing")
    assert (second[0], second[1]["title"]) == ("error", "a/b%3A not finished")
    assert "file" not in first[1]


def test_as_many_as_github_shows() -> None:
    """Each cause once before any twice, ten of a level, and the last line counts what is left out."""
    same = [
        scenario(
            step(finding(), verdict=Verdict.MISMATCH, where=f"scenarios/t.yaml:{line}"),
            id=f"t{line}",
            verdict=Verdict.MISMATCH,
        )
        for line in range(1, 20)
    ]
    made = run(*same, *(_differing(number) for number in range(9)))
    lines = _parsed(github_annotations(_notes(made)))
    titles = [properties["title"] for _, properties, _ in lines]

    assert len(lines) == MOST_ANNOTATIONS + 1
    assert len(set(titles)) == len(titles)
    assert lines[-1] == ("notice", {"title": "Not all is shown"}, "18 notes more: the report has them.")


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
def test_nothing_from_a_response_is_a_command(text: str) -> None:
    """A path, a name or a message that tries stays in its own command."""
    hostile = f"x\n::error::y\r::stop-commands::z%0A::add-mask::,line=9:: {text}"
    fact = difference(path=f"$.body['{text}']", to=hostile, baseline=hostile)
    one = finding(fact, explanation=hostile, remedy=hostile)
    made = run(
        scenario(
            step(one, verdict=Verdict.MISMATCH, name=hostile, where=f"scenarios/{text}.yaml:3"),
            id=hostile,
            verdict=Verdict.MISMATCH,
        )
    )
    lines = _parsed(github_annotations(_notes(made)))

    assert len(lines) == 1
    assert lines[0][1]["line"] == "3"
    assert json.loads(code_quality(_notes(made)))[0]["location"]["lines"] == {"begin": 3}


def test_hostile_answers_stay_in_their_lines() -> None:
    """The same of a run in which every text is hostile."""
    assert _parsed(github_annotations(_notes(hostile_run())))


def test_gitlab_takes_them_as_code_quality() -> None:
    """Each issue has what GitLab asks for; fingerprints are unique and do not change with the line."""
    notes = _notes(failing_run())
    issues = json.loads(code_quality(notes))
    moved = [
        Note(**{**{name: getattr(note, name) for name in field_names(Note)}, "line": note.line + 7})
        for note in notes
    ]

    assert len(issues) == sum(bool(note.path) for note in notes) > 1
    assert {issue["severity"] for issue in issues} <= {"critical", "major", "minor"}
    assert all(set(issue) >= {"description", "check_name", "fingerprint", "location"} for issue in issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert [issue["fingerprint"] for issue in json.loads(code_quality(tuple(moved)))] == [
        issue["fingerprint"] for issue in issues
    ]
