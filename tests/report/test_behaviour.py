"""Words, tables and a picture of how the two sides behave."""

from __future__ import annotations

import pytest

from harness.behaviour import Behaviour, behaviour_of
from harness.endings import endings
from harness.readiness import assess
from harness.report.behaviour import (
    ENDING_COLUMNS,
    LATENCY_COLUMNS,
    LEFT,
    WIDTH,
    agreements,
    ending_row,
    headline,
    latency_row,
    picture,
)
from harness.report.html import render_html
from harness.report.markdown import render_markdown
from harness.result import Accepted, RunResult, Source
from harness.settings import RunAcceptance
from harness.struct import replace
from tests.report.builders import HOSTILE, evidence, run, scenario, step, timed_run


def _announcing(value: str) -> RunResult:
    return run(scenario(step(candidate=evidence("v1", headers=(("Sunset", value),)))))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (timed_run(40, 0.2, 0.5), "v1 is slower in 1 of 1 operation"),
        (timed_run(40, 0.2, 0.2), "v1 is slower in 0 of 1 operation"),
        (timed_run(2, 0.2, 0.5), "v1 is slower in 0 of 0 operations (1 with too few samples)"),
        (
            timed_run(40, 0.2, 0.5, Source.SANDBOX),
            "v1 is slower in 0 of 0 operations (1 from the sandbox, which proves nothing)",
        ),
        (run(), ""),
    ],
)
def test_one_line_says_how_many_are_slower(made: RunResult, said: str) -> None:
    """What proves nothing is counted as such; without a call nothing is said."""
    assert headline(behaviour_of(made)) == said


def test_a_row_of_a_latency() -> None:
    """Milliseconds of both sides, the ratio and how sure it is, or that there are too few samples."""
    (sure,) = behaviour_of(timed_run(40, 0.02, 0.5)).latencies
    (few,) = behaviour_of(timed_run(1, 0.02, 1.5)).latencies

    assert latency_row(few) == [
        *("ListApiTokens", "too few samples", "1", "18.0", "18.0", "1,650", "1,650", "91.67"),
        "fewer than 20 samples",
    ]
    assert latency_row(sure)[1] == "slower"
    assert " to " in latency_row(sure)[-1]
    assert len(latency_row(sure)) == len(LATENCY_COLUMNS)


def test_a_row_of_an_announcement() -> None:
    """The date and the days left, or what is wrong with the value."""
    (good,) = endings(_announcing("Sun, 31 Jan 2027 00:00:00 GMT"))
    (bad,) = endings(_announcing("soon"))

    assert ending_row(good)[3:5] == ["2027-01-31", "71"]
    assert ending_row(bad)[3].startswith("malformed: RFC 8594 wants")
    assert ending_row(bad)[4] == ""
    assert ending_row(replace(good, days=-3))[4] == "3 ago"
    assert len(ending_row(good)) == len(ENDING_COLUMNS)


def test_the_picture_fits() -> None:
    """Two bars an operation, the longest line to the edge, and none beyond it."""
    drawn = picture(behaviour_of(timed_run(40, 0.2, 0.5)))

    assert len(drawn.bars) == 2
    assert max(bar.p95 for bar in drawn.bars) == pytest.approx(WIDTH, abs=0.2)
    assert all(LEFT + bar.median <= bar.p95 + 0.2 for bar in drawn.bars)
    assert all(bar.y + bar.thick <= drawn.height for bar in drawn.bars)
    assert picture(Behaviour()).bars == ()


def test_reports_show_both() -> None:
    """The page and the ticket have the table of latencies, announcements, and the days left."""
    slow, ends = timed_run(40, 0.2, 0.5), _announcing("Sun, 31 Jan 2027 00:00:00 GMT")
    made = run(*slow.scenarios, *ends.scenarios)
    page, ticket = render_html(made, assess(made)), render_markdown(made, assess(made))

    assert page.index("41 days to 1 January") < page.index("<nav")
    assert "**v1beta1 ends in January 2027: 41 days to 1 January.**" in ticket
    assert "| ListApiTokens | slower | 41 | " in ticket
    assert "| v1 | `sunset` | `Sun, 31 Jan 2027 00:00:00 GMT` | 2027-01-31 | 71 | ListApiTokens |" in ticket
    assert 'class="bars times"' in page
    assert "Sun, 31 Jan 2027 00:00:00 GMT" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_stays_text(text: str) -> None:
    """A header's value, and the name of an operation, are data."""
    slow = timed_run(1, 0.2, 0.5, operation=text)
    made = run(*slow.scenarios, *_announcing(text).scenarios)
    page, ticket = render_html(made, assess(made)), render_markdown(made, assess(made))

    assert page.count("<script") == 1
    assert "<img" not in page
    assert "\x1b" not in page + ticket


def test_what_was_agreed_to_is_shown_with_its_reason() -> None:
    """In the line, in the row, below the table of Markdown and page, and with the page's acceptances."""
    made = timed_run(40, 0.2, 0.5)
    accepted = Accepted(reason=f"night {HOSTILE}", ticket="PLAT-1", until="2027-01-31", where="p.toml:3")
    accept = [RunAcceptance(rule="latency-regressed", accepted=accepted)]
    found = assess(made, accept=accept)
    page, text = render_html(made, found), render_markdown(made, found)
    (row,) = found.behaviour.latencies

    assert headline(found.behaviour) == "v1 is slower in 1 of 1 operation, 1 accepted"
    assert latency_row(row, found.behaviour.accepted)[1] == "slower, accepted"
    assert agreements(found.behaviour) == [
        f"Accepted at ListApiTokens: night {HOSTILE}; PLAT-1; until 2027-01-31."
    ]
    assert "Accepted at ListApiTokens: night" in text
    assert "Accepted at ListApiTokens: night" in page
    assert "2027-01-31, 71 days after the run" in page
    assert "<script>alert" not in page + text


def test_without_an_end_none_is_told() -> None:
    """A reason is enough."""
    accept = [RunAcceptance(rule="latency-regressed", accepted=Accepted(reason="fine"))]

    assert agreements(behaviour_of(timed_run(40, 0.2, 0.5), accept=accept)) == [
        "Accepted at ListApiTokens: fine."
    ]
