"""What two requests ask."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from harness.exchange import Exchange, Json, Pair, Request, Side
from harness.inquiry import (
    Filled,
    below_base,
    exercised,
    held,
    is_local,
    is_own,
    is_sandboxed,
    made_otherwise,
    question,
    sent_alike,
    sent_otherwise,
    shown,
    told,
)
from harness.result import MOST_HELD
from harness.rules import Check, Told
from harness.settings import SANDBOX_MARK
from harness.struct import replace
from tests.builders import ABSENT, CUID, JSON_HEADERS, OTHER_CUID, exchange, failed, judged, operations
from tests.builders import question as asked

_UUIDS = "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174001"


def _filled(path: str, method: str = "GET", data: Json = ABSENT, **headers: str) -> Filled:
    content = b"" if data is ABSENT else json.dumps(data).encode()
    sent = Request(
        method=method,
        url=f"https://h/v1{path}",
        headers=(*headers.items(), *(JSON_HEADERS if content else ())),
        content=content,
    )
    return Filled(request=sent, api="v1", path=path, operation=None)


def _both(baseline: Filled, candidate: Filled) -> dict[Side, Filled]:
    return {Side.BASELINE: baseline, Side.CANDIDATE: candidate}


@pytest.mark.parametrize(
    ("url", "base", "path"),
    [
        ("https://h/iam/v1beta1/users?a=1", "https://h/iam/v1beta1", "/users?a=1"),
        ("https://h/platform/v1beta1/x", "https://h/platform/v1beta1", "/x"),
        ("https://h/v1/x#f", "https://h/v1", "/x"),
        ("https://h/labs/v1/alerts", "https://h/labs/v1", "/alerts"),
        ("http://127.0.0.1:8765/proxy/v1/x", "http://127.0.0.1:8765/proxy/v1", "/x"),
        ("https://h/v1", "https://h/v1", "/"),
        ("https://h/v1/a/v1/b", "https://h/v1", "/a/v1/b"),
        ("https://h/v10/x", "https://h", "/v10/x"),
        ("https://h/x?next=/v1/y", "https://h", "/x?next=/v1/y"),
        ("/users", "", "/users"),
        ("/v1/users", "/v1", "/users"),
        ("", "", "/"),
    ],
)
def test_a_url_is_split_at_its_version(url: str, base: str, path: str) -> None:
    """Whatever the host and a prefix of it are, the path below the version is the same."""
    assert below_base(url) == (base, path)


@pytest.mark.parametrize(
    ("baseline", "candidate", "own"),
    [
        (_filled("/a"), _filled("/a"), False),
        (_filled("/a?x=1"), _filled("/a?x=2"), False),
        (_filled("/a"), _filled("/b"), True),
        (_filled("/a", "POST"), _filled("/a", "POST"), True),
        (_filled("/a"), _filled("/a", "DELETE"), True),
        (_filled("/a", data={"x": 1}), _filled("/a", data={"x": 2}), True),
        (_filled("/a", data={"x": 1}), _filled("/a", data={"x": 1}), False),
    ],
)
def test_what_makes_a_resource_a_sides_own(baseline: Filled, candidate: Filled, *, own: bool) -> None:
    """Unsafe methods, other paths and other bodies do; another query asks for the same."""
    assert is_own(_both(baseline, candidate)) is own


def test_a_question_is_named_by_its_operation() -> None:
    """The operation names the question, else method and path as they are written, without the query."""
    plain = question(_both(_filled("/a?sorts=b", Authorization="t"), _filled("/a")), own=True)
    assert (plain.name, plain.own, plain.authorized, plain.ordered) == ("GET /a", True, True, True)
    written = replace(_filled("/a/secret?q=secret"), written="/a/${env:KEY}")
    assert question(_both(written, _filled("/a")), own=True).name == "GET /a/${env:KEY}"
    operation = operations("ListUsers")[1]
    known = Filled(request=_filled("/a").request, api="v1", path="/a", operation=operation)
    named = question(_both(_filled("/a"), known), own=False)
    assert (named.name, named.own, named.authorized, named.ordered) == ("ListUsers", False, False, False)
    assert (named.baseline, named.candidate) == (None, operation)


@pytest.mark.parametrize(
    ("baseline", "candidate", "values"),
    [
        (_filled("/a/id-1/b"), _filled("/a/id-2/b"), [("id-1", "id-2")]),
        (_filled("/a/id-1"), _filled("/a/id-1/b"), []),
        (_filled("/a/1"), _filled("/a/2"), []),
        (_filled(f"/a?x={CUID}&limit=200"), _filled(f"/a?x={OTHER_CUID}&limit=100"), [(CUID, OTHER_CUID)]),
        (
            _filled("/a", data={"name": "old", "n": 1}),
            _filled("/a", data={"name": "new", "n": 2}),
            [("old", "new")],
        ),
        (_filled("/a", data={"type": "WORK"}), _filled("/a", data={"scope": "HOME"}), []),
        (_filled("/a", data=[["old"]]), _filled("/a", data=[["new"]]), [("old", "new")]),
        (_filled("/a", data=["old"]), _filled("/a", data=["new", "x"]), []),
        (_filled("/a", data="old"), _filled("/a"), []),
    ],
)
def test_values_that_stand_in_one_place_correspond(
    baseline: Filled, candidate: Filled, values: list[tuple[str, str]]
) -> None:
    """Ids of path and query and texts of the body do; nothing so short that it would match by chance."""
    assert list(sent_otherwise(_both(baseline, candidate))) == values


@pytest.mark.parametrize(
    ("baseline", "candidate", "texts"),
    [
        (_filled("/a/id-1/b"), _filled("/a/id-2/b"), {"a", "b"}),
        (_filled("/a?x=1&y=2"), _filled("/a?y=2&x=3&z=4"), {"a", "2"}),
        (
            _filled("/a", data={"region": "east", "n": 1, "in": [{"of": "x"}], "name": "old"}),
            _filled("/a", data={"region": "east", "n": 1, "in": [{"of": "x"}], "name": "new"}),
            {"a", "east", "x"},
        ),
        (_filled("/a", data={"type": "WORK"}), _filled("/a", data={"scope": "WORK"}), {"a"}),
        (_filled("/a", data="east"), _filled("/a"), {"a"}),
    ],
)
def test_what_both_sides_were_told_is_known(baseline: Filled, candidate: Filled, texts: set[str]) -> None:
    """Texts that stand in the same places of path, query and body of both requests, and no others."""
    assert set(sent_alike(_both(baseline, candidate))) == texts


def test_what_was_sent_adds_to_what_was_sent_before() -> None:
    """A thing is what it was made of, and what it is asked for by."""
    both = _both(_filled("/a/id-1", data={"x": "y"}), _filled("/a/id-2", data={"x": "y"}))
    before = Told(alike=frozenset({"z"}), chosen=frozenset({("b", "c")}))

    assert told(before, both) == Told(
        alike=frozenset({"a", "y", "z"}), chosen=frozenset({("b", "c"), ("id-1", "id-2")})
    )
    assert told(Told(), both, apart=True).apart


def test_ids_of_made_resources_correspond() -> None:
    """Of two answers, ids of one form correspond; other texts do not, and errors make nothing."""
    old: Json = {"id": CUID, "name": "old", "ref": [{"id": _UUIDS[0]}], "x": CUID}
    new: Json = {"id": OTHER_CUID, "name": "new", "ref": [{"id": _UUIDS[1]}], "x": _UUIDS[0]}
    pair = Pair(baseline=exchange(old), candidate=exchange(new))
    assert set(made_otherwise(pair)) == {(CUID, OTHER_CUID), _UUIDS}
    refused = Pair(baseline=exchange(old), candidate=exchange(new, 400))
    assert list(made_otherwise(refused)) == []
    assert list(made_otherwise(Pair(baseline=failed(), candidate=exchange(new)))) == []
    assert list(made_otherwise(Pair(baseline=exchange(content=b"x"), candidate=exchange(new)))) == []


@pytest.mark.parametrize(
    ("statuses", "authorized", "more"),
    [
        ((200, 200), True, {Check.AUTH}),
        ((200, 200), False, set()),
        ((200, 404), True, set()),
        ((404, 400), True, {Check.ERRORS}),
        ((401, 401), False, {Check.AUTH}),
        ((401, 401), True, {Check.AUTH}),
        ((401, 403), True, {Check.ERRORS}),
    ],
)
def test_what_a_pair_exercised(statuses: tuple[int, int], *, authorized: bool, more: set[Check]) -> None:
    """A token is proved by two successes or two 401, errors by two other refusals."""
    pair = Pair(baseline=exchange({}, statuses[0]), candidate=exchange({}, statuses[1]))
    checks = exercised(pair, asked(authorized=authorized))
    assert set(checks) == {Check.RESPONSES, Check.BEHAVIOUR} | more


def test_one_answer_exercises_neither_token_nor_errors() -> None:
    """Without a second answer nothing is compared."""
    pair = Pair(baseline=exchange({}), candidate=failed())
    assert set(exercised(pair, asked())) == {Check.RESPONSES, Check.BEHAVIOUR}


def test_the_evidence_says_which_operation_was_asked_for() -> None:
    """By the id that its side's contract has; nothing where the contract has none."""
    made = exchange({})
    known = replace(_filled("/users"), operation=operations("ListUsers")[1])

    assert shown(made, known).operation == "ListUsers"
    assert shown(made, _filled("/things")).operation == ""
    assert shown(made, known).api == "v1"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8765/v1", True),
        ("http://[::1]:8765/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://astro.localhost/v1", True),
        ("https://api.astronomer.io/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
        ("/v1", False),
        ("https://[::1/v1", False),
    ],
)
def test_what_this_machine_answered_is_known(url: str, *, local: bool) -> None:
    """It must never look like the vendor's service."""
    assert is_local(url) is local


@pytest.mark.parametrize(
    ("made", "sandboxed"),
    [
        (exchange({}), False),
        (exchange({}, headers=(SANDBOX_MARK,)), True),
        (exchange({}, headers=((SANDBOX_MARK[0].title(), SANDBOX_MARK[1]),)), True),
        (exchange({}, headers=((SANDBOX_MARK[0], "another's"),)), False),
        (exchange({}, sent=Request(method="GET", url="http://127.0.0.1:8765/v1")), True),
        (failed(), False),
    ],
)
def test_what_the_sandbox_answered_is_known(made: Exchange, *, sandboxed: bool) -> None:
    """By the mark of its answers, or because this machine was called; whatever the settings say."""
    assert is_sandboxed(made) is sandboxed


def test_a_run_holds_no_body_that_is_too_large() -> None:
    """Of a body beyond 4 MiB evidence has length and hash, and findings have no value of such a size."""
    large = json.dumps({"note": "x" * MOST_HELD}).encode()
    made = Pair(baseline=exchange(content=large, headers=JSON_HEADERS), candidate=exchange({"note": "b"}))
    evidence = shown(made.baseline, _filled("/teams"))
    findings = judged(made)
    cut = held(findings, made)
    small = Pair(baseline=exchange({}), candidate=exchange({}))

    assert evidence.body.data == f"(left out: {len(large)} bytes, SHA-256 {sha256(large).hexdigest()})"
    assert [each.difference.baseline for each in cut] == [f"(left out: {MOST_HELD} characters)"]
    assert [each.difference.candidate for each in cut] == ["b"]
    assert [each.fingerprint for each in cut] == [each.fingerprint for each in findings]
    assert held(findings, small) == findings
