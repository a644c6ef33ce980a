"""Reading: what a scenario is made of, files that include others, ids, and files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import ScenarioError
from harness.exchange import Json
from harness.scenario import Row, duplicate_ids, is_shared, read_scenario, scenario_id
from harness.scenario.model import ScenarioFile
from tests.scenario.files import HEAD, STEP, mistakes, read, write
from tests.scenario.test_mistakes import FULL


def test_a_scenario_has_what_its_file_says(tmp_path: Path) -> None:
    """Every key arrives, with the lines of the scenario, its steps, acceptances and checks."""
    scenario = read(
        tmp_path,
        """\
        # yaml-language-server: $schema=../harness/scenario.schema.json
        scenario: List API tokens
        ticket: PLAT-412
        tags: [tokens, read]
        vars: {page: 20}
        steps:
          - name: first page
            operation: ListApiTokens
            request: {query: {limit: "${page}"}}
            accept:
              - rule: property-added
                reason: fine
          - operation: GetOrganization
          - request: {method: GET, path: /bundles}
        checks: {auth: [missing]}
        accept:
          - {rule: property-added, reason: fine}
        cleanup:
          - {operation: DeleteTeam, request: {path: {teamId: x}}}
        """,
        "tokens/list.yaml",
    )

    assert (scenario.id, scenario.title, scenario.ticket) == ("tokens/list", "List API tokens", "PLAT-412")
    assert (scenario.where, scenario.line) == ("tokens/list.yaml:2", 2)
    assert (scenario.tags, scenario.vars, scenario.unsupported) == (("tokens", "read"), {"page": 20}, False)
    assert [(step.name, step.where) for step in scenario.steps] == [
        ("first page", "tokens/list.yaml:7"),
        ("GetOrganization", "tokens/list.yaml:13"),
        ("GET /bundles", "tokens/list.yaml:14"),
    ]
    assert scenario.steps[0].accept[0].where == "tokens/list.yaml:11"
    assert (scenario.checks.auth, scenario.checks.where) == (["missing"], "tokens/list.yaml:15")
    assert scenario.accept[0].where == "tokens/list.yaml:17"
    assert [(step.name, step.line) for step in scenario.cleanup] == [("DeleteTeam", 19)]


def test_what_was_written_can_be_written_again(tmp_path: Path) -> None:
    """A file dumped from its model reads to the same model: nothing is lost or made up."""
    first = ScenarioFile.model_validate(FULL)
    again = first.model_dump(by_alias=True, exclude_unset=True)

    assert ScenarioFile.model_validate(json.loads(json.dumps(again))) == first
    assert read(tmp_path, json.dumps(again)).vars == first.vars


def test_what_reports_show_is_on_one_line(tmp_path: Path) -> None:
    """Titles, names, tickets and reasons are put into lines of reports, however they are written in YAML."""
    text = (
        'scenario: "Two\\nlines"\nsteps:\n  - name: "a\\tb"\n    operation: ListUsers\n    accept:\n'
        "      - rule: property-added\n        reason: |\n          because\n          of this\n"
    )
    scenario = read(tmp_path, text)

    assert (scenario.title, scenario.steps[0].name) == ("Two lines", "a b")
    assert scenario.steps[0].accept[0].reason == "because of this"


def test_rows_are_runs_with_names(tmp_path: Path) -> None:
    """A table makes one run a row, named by ``row`` or by its number; without a table there is one run."""
    table = read(tmp_path, f"data: [{{row: eu, region: e}}, {{region: u}}]\n{HEAD}{STEP}")

    assert table.rows() == (
        Row(suffix="[eu]", values={"region": "e"}),
        Row(suffix="[2]", values={"region": "u"}),
    )
    assert read(tmp_path, f"{HEAD}{STEP}").rows() == (Row(suffix="", values={}),)
    assert [row.directory for row in table.rows()] == ["[eu]", "[2]"]


def test_included_steps_are_in_their_places(tmp_path: Path) -> None:
    """Shared steps come where they are included, know their own file, and share the scenario's variables."""
    write(
        tmp_path,
        "shared/user.yaml",
        """\
        steps:
          - include: deeper/list.yaml
          - operation: GetUser
        """,
    )
    write(
        tmp_path,
        "shared/deeper/list.yaml",
        """\
        # the first user
        steps:
          - operation: ListUsers
            request: {query: {limit: "${size}"}}
            capture: {user_id: "$.users[0].id"}
        """,
    )

    write(tmp_path, "shared/clean.yaml", "steps: [{operation: ListTeams}]")

    scenario = read(
        tmp_path,
        """\
        scenario: Includes
        vars: {size: 1}
        steps:
          - include: ../shared/user.yaml
          - operation: UpdateUserRoles
        cleanup:
          - include: ../shared/clean.yaml
        """,
        "users/life.yaml",
    )

    assert [(step.name, step.where) for step in scenario.steps] == [
        ("ListUsers", "shared/deeper/list.yaml:3"),
        ("GetUser", "shared/user.yaml:3"),
        ("UpdateUserRoles", "users/life.yaml:5"),
    ]
    assert [step.where for step in scenario.cleanup] == ["shared/clean.yaml:1"]


def test_mistakes_of_included_files_are_told_with_theirs(tmp_path: Path) -> None:
    """The mistakes of a scenario come first, then those of each file that it includes, once."""
    write(tmp_path, "shared.yaml", "steps:\n  - operation: ListUser\n    exept: 1\n")

    found = mistakes(tmp_path, f'{HEAD}  - include: shared.yaml\n  - include: shared.yaml\n  - name: "x"\n')

    assert found == [
        (
            "a.yaml:5: a step needs `operation`, or `request` with `method` and `path`."
            " Write for example `operation: ListUsers`."
        ),
        "shared.yaml:2: there is no operation `ListUser` in v1beta1 or v1. Write `ListUsers`.",
        "shared.yaml:3: `exept` is not a key of a step. Write `expect`.",
    ]


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        ("steps:\n  - include: a.yaml\n", "shared.yaml:2: `a.yaml` includes itself, by way of shared.yaml."),
        (
            "steps:\n  - include: shared.yaml\n",
            "shared.yaml:2: `shared.yaml` includes itself, by way of shared.yaml.",
        ),
        ("steps:\n  - include: nope.yaml\n", "shared.yaml:2: there is no file `nope.yaml`."),
        ('steps:\n  - include: "a\\0b"\n', "shared.yaml:2: there is no file `a\0b`."),
        (f"steps:\n  - include: {'x' * 5000}\n", "shared.yaml:2: there is no file `x"),
        ("steps: [\n", "shared.yaml:"),
        (
            "scenario: x\nsteps:\n  - operation: ListUsers\n",
            "shared.yaml:1: `scenario` is not a key of a shared file.",
        ),
        ("operation: ListUsers\n", "shared.yaml:1: a shared file needs `steps`."),
        ("", "shared.yaml:1: a shared file must be a mapping, not empty."),
    ],
)
def test_files_that_cannot_be_included_are_told(tmp_path: Path, shared: str, expected: str) -> None:
    """A circle, a missing file, a scenario or something else: the message is at the line that is wrong."""
    write(tmp_path, "shared.yaml", shared)

    assert mistakes(tmp_path, f"{HEAD}  - include: shared.yaml\n")[0].startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scenario: [\n", "a.yaml:"),
        (f"scenario: a\n{HEAD}{STEP}", "a.yaml:2: the key `scenario` is already on line 1"),
        ("scenario: a: b\n", "a.yaml:1: "),
        ("1: x\n", "a.yaml:1: the key `1` is not text"),
    ],
)
def test_what_is_no_yaml_is_told(tmp_path: Path, text: str, expected: str) -> None:
    """Mistakes of syntax have file and line too, relative to the base directory."""
    assert mistakes(tmp_path, text)[0].startswith(expected)


def test_what_yaml_has_too_much_hides_no_other_mistake(tmp_path: Path) -> None:
    """All mistakes of a file are told at once; what follows from a value that cannot be read is none."""
    write(tmp_path, "shared.yaml", "steps:\n  - operation: ListUser\n    7: x\n")
    text = f"""\
vars: {{7: x, blob: !!binary aGVsbG8=}}
{HEAD}  - operation: ListTeam
    expect: {{status: !!binary aGVsbG8=}}
  - include: shared.yaml
"""

    assert mistakes(tmp_path, text) == [
        "a.yaml:1: the key `7` is not text. Put the key in quotes.",
        "a.yaml:1: the tag !!binary is not supported. Remove the tag.",
        "a.yaml:4: there is no operation `ListTeam` in v1beta1 or v1. Write `ListTeams`.",
        "a.yaml:5: the tag !!binary is not supported. Remove the tag.",
        "shared.yaml:2: there is no operation `ListUser` in v1beta1 or v1. Write `ListUsers`.",
        "shared.yaml:3: the key `7` is not text. Put the key in quotes.",
    ]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file, or one that is not UTF-8, is a message and no traceback."""
    (tmp_path / "bad.yaml").write_bytes(b"scenario: a\nticket: \xff\n")

    with pytest.raises(ScenarioError, match=r"^nope\.yaml: the file cannot be read"):
        read_scenario(tmp_path / "nope.yaml", root=tmp_path, base=tmp_path)
    with pytest.raises(ScenarioError, match=r"^bad\.yaml:2: the text is not UTF-8"):
        read_scenario(tmp_path / "bad.yaml", root=tmp_path, base=tmp_path)


def test_files_outside_the_base_are_named_in_full(tmp_path: Path) -> None:
    """A name in a message can always be opened."""
    path = write(tmp_path, "a.yaml", f"{HEAD}{STEP}")

    assert read_scenario(path, root=tmp_path, base=tmp_path / "other").where == f"{path.resolve()}:1"


def test_ids_are_paths_below_the_scenarios_directory(tmp_path: Path) -> None:
    """The id is the file's path without suffix, with slashes on every system."""
    assert scenario_id(tmp_path / "tokens" / "list.v2.yaml", tmp_path) == "tokens/list.v2"


def test_two_suffixes_make_one_id(tmp_path: Path) -> None:
    """Two files that differ in their suffix would share their cassettes."""
    write(tmp_path, "a.yml", f"{HEAD}{STEP}")

    assert mistakes(tmp_path, f"{HEAD}{STEP}") == [
        "a.yaml:1: `a.yml` has the same id. Rename one of the files."
    ]


def test_a_file_is_not_called_like_a_row(tmp_path: Path) -> None:
    """A row's id ends with its name in brackets; a file of that name would share its cassettes."""
    write(tmp_path, "a[2].yml", f"{HEAD}{STEP}")
    table = "data:\n  - {n: 1}\n  - {n: 2}\n"

    assert mistakes(tmp_path, f"{table}{HEAD}{STEP}") == [
        "a.yaml:3: `a[2].yml` has the same id as the row. Rename the file or the row."
    ]


def test_ids_of_several_directories_are_compared(tmp_path: Path) -> None:
    """Scenarios of two directories can have one id; the later one is told."""
    scenarios = [
        read_scenario(write(tmp_path, f"{root}/x.yaml", f"{HEAD}{STEP}"), root=tmp_path / root, base=tmp_path)
        for root in ("one", "two")
    ]

    assert [str(problem) for problem in duplicate_ids(scenarios)] == [
        "two/x.yaml:1: the id `x` is already that of one/x.yaml:1. Rename one of the files."
    ]
    assert duplicate_ids(scenarios[:1]) == []


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("steps:\n  - operation: ListUsers\n", True),
        ("# a comment: here\n---\n'steps' :\n  - {operation: ListUsers, x: |\n    tickt: 3\n  }\n", True),
        ('{"steps": [{"operation": "ListUsers"}]}', True),
        ("{steps: [], scenario: x}", False),
        ("scenario: x\nsteps: []\n", False),
        ("scenaro: x\nsteps: []\n", False),
        ("scenario: x\n", False),
        ("steps: [\n", True),
        ("[", False),
        ("", False),
        ("- steps: 3\n", False),
    ],
)
def test_a_shared_file_has_only_steps(tmp_path: Path, text: str, shared: bool) -> None:  # noqa: FBT001 - a case
    """A scenario with a misspelt title must fail, and not be taken for a file that others include."""
    assert is_shared(write(tmp_path, "x.yaml", text)) is shared


def test_a_file_that_cannot_be_read_is_not_shared(tmp_path: Path) -> None:
    """Reading it as a scenario says what is wrong with it."""
    assert not is_shared(tmp_path / "nope.yaml")


@pytest.mark.parametrize("value", ["2027-01-31", "yes", "off", "0x1F", "012", "1_000", "12:30:00"])
def test_text_that_yaml_would_change_stays_text(tmp_path: Path, value: str) -> None:
    """Bodies are JSON: what JSON does not know as a number, a boolean or null is text."""
    found: Json = read(tmp_path, f"{HEAD}{STEP}    request: {{body: {{x: {value}}}}}\n").steps[0].request.body

    assert found == {"x": value}
