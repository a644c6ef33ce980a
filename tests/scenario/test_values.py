"""The kinds of values: what each accepts, and the words for what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.files import HEAD, STEP, mistakes, read

NAMES = "Begin with a letter or `_`; then letters, digits and `_`."


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("users", "`users` is no path. Begin with `/`, without scheme and host"),
        ("https://api.astronomer.io/v1/users", "is no path. Begin with `/`"),
        ("/v1/users", "`/v1/users` names a version. Write `/users`: each side adds its own base URL."),
        ("/iam/v1beta1/users", "`/iam/v1beta1/users` names a version. Write `/users`"),
        ("/platform/v1beta1", "`/platform/v1beta1` names a version. Write `/`"),
        ("/users?limit=3", "holds more than a path. Write parameters under `query`."),
        ("/users#top", "holds more than a path. Write parameters under `query`."),
        ("/users/{userId}", "has braces without `$`. Write `${organization_id}` to put a variable in."),
    ],
)
def test_paths_are_written_without_what_each_side_adds(tmp_path: Path, path: str, message: str) -> None:
    """A path has no host, no version, no query, and no template braces."""
    (found,) = mistakes(tmp_path, f"{HEAD}  - request: {{method: GET, path: '{path}'}}\n")

    assert found.startswith("a.yaml:3: ")
    assert message in found


@pytest.mark.parametrize("path", ["/", "/v1-things", "/users/${side}/x", "/a/$${b}"])
def test_other_paths_are_fine(tmp_path: Path, path: str) -> None:
    """Placeholders, escaped ones too, and segments that only look like a version are accepted."""
    scenario = read(tmp_path, f"{HEAD}  - request: {{method: GET, path: '{path}'}}\n")

    assert scenario.steps[0].request.path == path


@pytest.mark.parametrize(
    "day", ["2027-1-31", "2027-02-30", "31.01.2027", "2027-01-31T00:00:00Z", "20270131 ", "soon"]
)
def test_only_days_that_exist_are_days(tmp_path: Path, day: str) -> None:
    """A date is year, month and day, and one that the calendar has."""
    text = f"{HEAD}{STEP}    accept: [{{rule: property-added, reason: fine, until: '{day}'}}]\n"

    assert mistakes(tmp_path, text) == [
        f"a.yaml:4: `{day}` is no date. Write year, month and day: `2027-01-31`."
    ]


def test_an_unquoted_date_is_a_date(tmp_path: Path) -> None:
    """Nobody has to know that YAML has dates of its own."""
    text = f"{HEAD}{STEP}    accept: [{{rule: property-added, reason: fine, until: 2027-01-31}}]\n"

    assert read(tmp_path, text).steps[0].accept[0].until == "2027-01-31"


@pytest.mark.parametrize(
    ("key", "line", "message"),
    [
        (
            "capture: {a-b: $.id}",
            4,
            f"`a-b` cannot be the name of a variable. {NAMES}",
        ),
        (
            "capture: {1x: $.id}",
            4,
            f"`1x` cannot be the name of a variable. {NAMES}",
        ),
        ("capture: {a: $.body.id}", 4, "`$.body.id` is looked up in the body already. Write `$.id`."),
        ("reads: ['$.body[0].id']", 4, "`$.body[0].id` is looked up in the body already. Write `$[0].id`."),
        ("reads: ['$.body']", 4, "`$.body` is looked up in the body already. Write `$`."),
        ("reads: ['$.a[']", 4, "`$.a[` is no JSONPath, it cannot be read from character 5 on."),
        ("request: {headers: {'a b': x}}", 4, "`a b` cannot be the name of a header."),
        (
            "request: {query: {a: {b: 1}}}",
            4,
            "`a` under `query` must be a single value or a list of single values.",
        ),
        (
            "request: {query: {a: [[1]]}}",
            4,
            "`a` under `query` must be a single value or a list of single values.",
        ),
        (
            "request: {path: {organizationId: 1.5}}",
            4,
            "`organizationId` under `path` must be text or a whole number.",
        ),
        ("request: {path: {organizationId: ''}}", 4, "must be text or a whole number."),
        (
            "request: {path: {organizationId: true}}",
            4,
            "`organizationId` under `path` must be text or a whole",
        ),
        ("expect: {status: []}", 4, "`status` must not be empty. Write for example `status: 200`."),
        ("foreach: {as: x, in: token_ids}", 4, "`in` must be a list, or a variable that holds one."),
        ("foreach: {as: x, in: 3}", 4, "`in` must be a list, or a variable that holds one."),
        (
            "accept: [{rule: property-added, reason: ' '}]",
            4,
            "`reason` must not be empty. Write for example `reason: the client reads scope since 4.2`.",
        ),
        (
            "accept: [{rule: property-added, reason: a, path: '$.tokens[*].type'}]",
            4,
            "is no place in an exchange. Begin with the part that is meant: `$.body.tokens[*].type`.",
        ),
        (
            "accept: [{rule: property-added, reason: a, path: '$.body[?@.a]'}]",
            4,
            "`$.body[?@.a]` is no path of a finding. Copy the path from the finding",
        ),
        ("accept: [{rule: property-added, reason: a, path: '$'}]", 4, "`$` is no place in an exchange."),
    ],
)
def test_values_that_are_refused(tmp_path: Path, key: str, line: int, message: str) -> None:
    """Each kind of value says what is wrong with it and what to write."""
    (found,) = mistakes(tmp_path, f"{HEAD}{STEP}    {key}\n")

    assert found.startswith(f"a.yaml:{line}: ")
    assert message in found


@pytest.mark.parametrize("tag", ["a b", "1st", "and", "None", "", "a:b", "_a", "skip", "xfail"])
def test_tags_must_work_with_pytest(tmp_path: Path, tag: str) -> None:
    """A tag is a word that pytest's ``-m`` understands."""
    (found,) = mistakes(tmp_path, f"tags: ['{tag}']\n{HEAD}{STEP}")

    assert found.startswith(f"a.yaml:1: `{tag}` cannot be the name of a tag. Begin with a letter")


def test_tags_with_hyphens_are_fine(tmp_path: Path) -> None:
    """Pytest takes hyphens and dots in markers."""
    assert read(tmp_path, f"tags: [read-only, v1.0, android]\n{HEAD}{STEP}").tags == (
        "read-only",
        "v1.0",
        "android",
    )


@pytest.mark.parametrize("path", ["$.tokens", "$.page.items", "$['odd name']", "$"])
def test_the_path_of_a_list_has_names_only(tmp_path: Path, path: str) -> None:
    """A walk reads one list; the body itself may be it."""
    walk = read(tmp_path, f'{HEAD}{STEP}    walk: {{items: "{path}"}}\n').steps[0].walk

    assert walk is not None
    assert walk.items == path


@pytest.mark.parametrize("path", ["$.tokens[*]", "$.pages[0].tokens", "$..tokens", "$[?@.a]"])
def test_other_paths_lead_to_no_one_list(tmp_path: Path, path: str) -> None:
    """Indices, wildcards and filters are refused with the way to write it."""
    (told,) = mistakes(tmp_path, f'{HEAD}{STEP}    walk: {{items: "{path}"}}\n')

    assert f"`{path}` is no path of one list. Write names only, without indices: `$.tokens`." in told
