"""An acceptance is put into a scenario's text, and nothing else of it changes."""

from __future__ import annotations

import difflib

import pytest

from harness.document import read_document
from harness.errors import ScenarioError
from harness.exchange import Json
from harness.scenario import acceptances_in, find_step, with_acceptance

ENTRY: dict[str, Json] = {
    "rule": "value-changed",
    "path": "$.body.teams[*].description",
    "reason": "noise: v1beta1 disagreed with itself in 2 of 3 repeats on 2026-11-20",
    "until": "2026-12-20",
    "noise": True,
}
STEPS = """\
# The teams.
scenario: Teams   # of the organization

steps:
  # The first page.
  - name: first page
    operation: ListTeams   # platform
    request:
      query: {limit: 20}

    # What one team is like.
  - operation: GetTeam
    accept:
      - rule: property-added
        reason: "known"  # since May

  - {operation: ListUsers, request: {query: {limit: 1}}}  # all of them
  - operation: ListWorkspaces
    accept: [{rule: property-added, reason: known}]
  - operation: CreateTeam
    request:
      body:
        name: x
        description: |
          # one

          two
# At the end.
cleanup:
- operation: DeleteTeam
  accept:
  - rule: property-added
    reason: known
"""


def added(text: str, *place: str | int) -> list[str]:
    """Put the acceptance into a step; return the lines that came, and those that went with a minus."""
    made = with_acceptance(text, "a.yaml", place, ENTRY)
    entries = acceptances_in(made, "a.yaml", place)
    assert entries[-1].model_dump(exclude_defaults=True) == ENTRY
    return [line[0].strip() + line[1:] if line[0] == "-" else line[1:] for line in _changes(text, made)]


def _changes(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_a_step_without_acceptances_gets_the_key() -> None:
    """It stands in the step's own indentation, behind its last line, before the comments of the next one."""
    made = with_acceptance(STEPS, "a.yaml", ("steps", 0), ENTRY)

    assert added(STEPS, "steps", 0) == [
        "    accept:",
        "      - rule: value-changed",
        '        path: "$.body.teams[*].description"',
        '        reason: "noise: v1beta1 disagreed with itself in 2 of 3 repeats on 2026-11-20"',
        '        until: "2026-12-20"',
        "        noise: true",
    ]
    assert made.split("\n")[8:10] == ["      query: {limit: 20}", "    accept:"]


def test_a_step_with_acceptances_gets_one_more() -> None:
    """It comes last, as far in as the others are, and the key is not written twice."""
    assert added(STEPS, "steps", 1)[0] == "      - rule: value-changed"
    assert added(STEPS, "cleanup", 0)[:2] == [
        "  - rule: value-changed",
        '    path: "$.body.teams[*].description"',
    ]


def test_a_step_on_one_line_stays_on_it() -> None:
    """What is written in brackets is written before their end; the comment behind them stays."""
    gone, came = added(STEPS, "steps", 2)

    assert gone.endswith("query: {limit: 1}}}  # all of them")
    assert came.startswith(
        "  - {operation: ListUsers, request: {query: {limit: 1}}, accept: [{rule: value-changed,"
    )
    assert came.endswith("noise: true}]}  # all of them")


def test_acceptances_on_one_line_stay_on_it() -> None:
    """The list in brackets gets one more element; an empty one its first."""
    assert "reason: known}, {rule: value-changed" in added(STEPS, "steps", 3)[1]
    assert "accept: [{rule: value-changed" in added("steps: [{operation: A, accept: []}]", "steps", 0)[1]


def test_text_over_lines_is_not_cut() -> None:
    """A block of text ends where YAML says, whatever its lines look like."""
    assert added(STEPS, "steps", 4)[0] == "    accept:"


@pytest.mark.parametrize(
    "text",
    ["steps:\n  - operation: A", "steps:\r\n  - operation: A\r\n", "\ufeffsteps:\n- operation: A\n"],
    ids=["no line feed at the end", "ends of lines as on Windows", "byte order mark"],
)
def test_the_ends_of_lines_stay(text: str) -> None:
    """Whatever they are, and whether or not the last line has one."""
    made = with_acceptance(text, "a.yaml", ("steps", 0), ENTRY)

    assert made.startswith(text)
    assert made.count("\r\n") == (made.count("\n") if "\r" in text else 0)
    assert made.endswith("\n")


@pytest.mark.parametrize(
    "text",
    [
        "x: &a {operation: A}\nsteps: [*a]\n",
        "steps: [{operation: A, accept: 1}]\n",
        "steps: [{operation: A, accept: }]\n",
        "steps: [{operation: A,}]\n",
        "steps: [7]\n",
        "steps: []\n",
    ],
)
def test_what_leaves_no_place_is_told(text: str) -> None:
    """An alias, something else in its place: the message says what to write by hand."""
    with pytest.raises(
        ScenarioError, match=r"no place for an acceptance. Write it yourself: `accept: \[\{rule"
    ):
        with_acceptance(text, "a.yaml", ("steps", 0), ENTRY)


SHORT: dict[str, Json] = {"rule": "value-changed", "path": "$.body.a", "reason": "r", "noise": True}


@pytest.mark.parametrize("entry", [SHORT, ENTRY])
def test_comments_stay_where_they_are(entry: dict[str, Json]) -> None:
    """On the key, on elements, between and behind them; a short acceptance is one more element, too."""
    head = "steps:\n  - operation: A # why\n    accept: # agreed\n      # one\n"
    rest = "      # after\n    # no more\n  # second\n  - operation: B\n"
    text = f"{head}      - {{rule: a, reason: b}} # tail\n{rest}"
    made = with_acceptance(text, "a.yaml", ("steps", 0), entry)

    assert made.startswith(f"{head}      - {{rule: a, reason: b}} # tail\n      - ")
    assert made.endswith(rest)
    assert len(acceptances_in(made, "a.yaml", ("steps", 0))) == 2


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029", "\r", "\r\n", "\n"])
@pytest.mark.parametrize("steps", ["steps:\n- operation: A\n- operation: B\n", "steps: [{operation: A}]"])
def test_lines_are_those_of_yaml(mark: str, steps: str) -> None:
    """YAML knows more ends of lines than editors show; the acceptance goes into its step all the same."""
    text = f"# a{mark}# b{mark}# c{mark}# d{mark}# e{mark}{steps}"
    made = with_acceptance(text, "a.yaml", ("steps", 0), SHORT)

    assert made.startswith(f"# a{mark}# b{mark}# c{mark}# d{mark}# e{mark}steps:")
    assert "\n\n" not in made
    assert [each.rule for each in acceptances_in(made, "a.yaml", ("steps", 0))] == ["value-changed"]
    assert acceptances_in(made, "a.yaml", ("steps", 1)) == ()


def test_a_mark_of_byte_order_stays() -> None:
    """A file that begins with one still does."""
    made = with_acceptance("\ufeffsteps:\n- operation: A\n", "a.yaml", ("steps", 0), SHORT)

    assert made.startswith("\ufeffsteps:\n- operation: A\n  accept: ")


def test_a_step_is_found_by_its_line_and_name() -> None:
    """The name of its result may say which element it was; another name is another step."""
    assert find_step(STEPS, "a.yaml", 6, "first page") == ("steps", 0)
    assert find_step(STEPS, "a.yaml", 12, "GetTeam [3] (again)") == ("steps", 1)
    assert find_step(
        STEPS, "a.yaml", 1 + STEPS.split("\n").index("- operation: DeleteTeam"), "DeleteTeam"
    ) == ("cleanup", 0)
    assert find_step(STEPS, "a.yaml", 6, "second page") is None
    assert find_step(STEPS, "a.yaml", 7, "first page") is None
    assert find_step("7", "a.yaml", 1, "7") is None


def test_a_step_may_have_no_name() -> None:
    """Its call is its name then, as everywhere."""
    text = "steps: [{request: {method: GET, path: /teams}}]"

    assert find_step(text, "a.yaml", 1, "GET /teams") == ("steps", 0)


def test_acceptances_have_places() -> None:
    """Each knows its line."""
    assert [each.where for each in acceptances_in(STEPS, "a.yaml", ("steps", 1))] == ["a.yaml:14"]
    assert acceptances_in(STEPS, "a.yaml", ("steps", 0)) == ()
    assert read_document(STEPS, "a.yaml").line(("steps", 1, "accept", 0)) == 14
