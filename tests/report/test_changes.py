"""Words and tables for what changed since earlier runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.history import History, State
from harness.readiness import assess
from harness.report.changes import HEIGHT, WIDTH, bars, headline, labels, rows, trend
from harness.report.html import render_html
from harness.report.markdown import LIMIT, render_markdown
from harness.report.text import summary_text
from tests.history.builders import past_run
from tests.report.builders import HOSTILE, good_run
from tests.report.histories import every_state, first_run, tracked


@pytest.mark.parametrize(
    ("history", "line"),
    [
        (
            every_state(),
            "Since 2026-11-03 03:00 UTC: 1 new, 1 known, 1 accepted, 1 fixed, 1 regressed, 1 flaky",
        ),
        (first_run(), "No earlier run to compare with; this one is kept for the next."),
        (History(trouble="x: it is damaged"), "Not compared with earlier runs: x: it is damaged"),
    ],
)
def test_one_line_says_what_changed(history: History, line: str) -> None:
    """All states are counted; a first run and trouble are said."""
    assert headline(history) == line


def test_changes_are_told_worst_first() -> None:
    """What is back stands before what is new; known and accepted findings are only counted."""
    states = [row[0] for row in rows(every_state())]

    assert states == ["regressed", "new", "flaky", "fixed"]


def test_a_row_of_a_change() -> None:
    """State, severity, rule, operation, the place with its new name, first and last seen."""
    assert list(rows(History(tracked=(tracked(State.NEW),)))) == [
        [
            "new",
            "breaking",
            "property-renamed",
            "ListApiTokens",
            "$.body.tokens[*].type -> $.body.tokens[*].scope",
            "2026-11-01 03:00",
            "2026-11-04 03:00",
        ]
    ]


def test_the_trend_begins_with_the_last_run() -> None:
    """A cut report keeps what is newest; one run alone is no trend."""
    assert next(trend(every_state()))[0] == "2026-11-04 03:00"
    assert list(trend(first_run())) == []


def test_the_picture_fits() -> None:
    """Bars of one run stand on each other, the highest one fills what texts leave, and none leaves it."""
    drawn = bars(every_state())
    columns: dict[float, float] = {}
    for bar in drawn:
        columns[bar.x] = columns.get(bar.x, 0) + bar.height
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 13.9 <= bar.y <= bar.y + bar.height <= HEIGHT - 17.9

    assert max(columns.values()) == pytest.approx(HEIGHT - 32, abs=0.2)
    assert len(columns) == 4
    assert len(drawn) == 7


def test_the_picture_can_be_read_without_a_pointer() -> None:
    """Above each column stands how many findings were open, below them the first and the last day."""
    history = every_state()
    *numbers, first, last = labels(history)

    assert [each.said for each in numbers] == [str(run.open) for run in history.trend]
    assert [first.said, last.said] == [history.trend[0].started[:10], history.trend[-1].started[:10]]
    assert (first.x, last.place) == (0, "end")
    for each in (*numbers, first, last):
        assert 0 <= each.x <= WIDTH
        assert 0 < each.y < HEIGHT


@pytest.mark.parametrize("history", [first_run(), History(trend=(past_run(1), past_run(2)))])
def test_no_picture_of_nothing(history: History) -> None:
    """One run, or runs without an open finding, make no picture."""
    assert bars(history) == []


def test_reports_show_it_first() -> None:
    """Every report for people says it on its first screen, and the same words."""
    made, history = good_run(), every_state()
    line = headline(history)
    lines = summary_text(made, assess(made), Path("reports"), history)
    page = render_html(made, assess(made), history)

    assert lines[0] == line
    assert render_markdown(made, assess(made), history).splitlines()[2] == f"**{line}**"
    assert page.index(line) < page.index("<nav")


def test_without_a_history_nothing_is_said() -> None:
    """A run that was not compared shows no empty table."""
    made = good_run()

    assert summary_text(made, assess(made), Path("reports"))[0].startswith("Scenarios: ")
    assert 'id="changes"' not in render_html(made, assess(made))
    assert "Since" not in render_markdown(made, assess(made))


def test_foreign_text_stays_text() -> None:
    """A place may be named by a response; a page and a ticket show it as it is."""
    made = good_run()
    history = History(
        since="2026-11-03T03:00:00.000Z",
        tracked=tuple(
            tracked(State.NEW, number, path=text, operation=text, to="")
            for number, text in enumerate(HOSTILE)
        ),
        trend=(past_run(1), past_run(2)),
    )
    page = render_html(made, assess(made), history)
    ticket = render_markdown(made, assess(made), history)

    assert page.count("<script") == 1
    assert "<img" not in page
    assert "\x1b" not in page + ticket


def test_a_long_history_fits_into_a_ticket() -> None:
    """However many findings are new, the Markdown stays within its limit and says what it left out."""
    made = good_run()
    history = History(
        since="2026-11-03T03:00:00.000Z",
        tracked=tuple(tracked(State.NEW, number) for number in range(2_000)),
        trend=(past_run(1), past_run(2)),
    )
    ticket = render_markdown(made, assess(made), history)

    assert len(ticket) < LIMIT
    assert "more: left out here" in ticket
