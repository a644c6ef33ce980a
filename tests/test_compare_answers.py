"""Statuses, headers, media types, bodies as a whole, latency and failures are compared as what they are."""

from __future__ import annotations

import pytest

from harness.compare import TRANSPORT_HEADERS, compare
from harness.difference import Kind
from harness.exchange import Exchange, FailureKind, Headers, Json, Pair, Side
from tests.builders import JSON_HEADERS, error, exchange, failed, pair


def _found(baseline: Exchange, candidate: Exchange) -> list[tuple[Kind, str]]:
    return [(fact.kind, fact.path) for fact in compare(Pair(baseline=baseline, candidate=candidate))]


@pytest.mark.parametrize(
    ("baseline", "candidate", "expected"),
    [
        (exchange({}, 200), exchange({}, 201), [(Kind.STATUS, "$.status")]),
        (exchange({"a": 1}), exchange(error(404), 404), [(Kind.STATUS, "$.status")]),
        (
            exchange({"a": 1}, headers=(("etag", "1"),)),
            exchange(error(429), 429, headers=(("retry-after", "1"),)),
            [(Kind.STATUS, "$.status")],
        ),
        (exchange({}), exchange(status=204), [(Kind.STATUS, "$.status"), (Kind.BODY_REMOVED, "$.body")]),
        (exchange(status=204), exchange({}), [(Kind.STATUS, "$.status"), (Kind.BODY_ADDED, "$.body")]),
        (exchange(status=204), exchange(status=204, headers=(("content-type", "text/plain"),)), []),
        (exchange(None), exchange(status=200), [(Kind.BODY_REMOVED, "$.body")]),
        (
            exchange(content=b"a", headers=(("content-type", "text/plain"),)),
            exchange(content=b"a", headers=(("content-type", "text/html; charset=utf-8"),)),
            [(Kind.MEDIA_TYPE, "$.headers['content-type']")],
        ),
        (
            exchange(content=b"a", headers=(("content-type", "text/html"),)),
            exchange(content=b"a", headers=(("content-type", "text/plain"),)),
            [(Kind.MEDIA_TYPE, "$.headers['content-type']")],
        ),
        (
            exchange({}, headers=()),
            exchange(content=b"{}", headers=(("content-type", "application/json; charset=utf-8"),)),
            [],
        ),
        (
            exchange(content=b"<html>", headers=JSON_HEADERS),
            exchange(content=b"<html>", headers=JSON_HEADERS),
            [(Kind.BODY_INVALID, "$.body")],
        ),
        (exchange({}), exchange(content=b"{", headers=JSON_HEADERS), [(Kind.BODY_INVALID, "$.body")]),
        (
            exchange({}),
            exchange(content=b'{"a": NaN}', headers=JSON_HEADERS),
            [(Kind.BODY_INVALID, "$.body")],
        ),
        (exchange(content=b"one"), exchange(content=b"two"), [(Kind.VALUE, "$.body")]),
        (exchange(content=b"\x00\xff"), exchange(content=b"\x00\xfe"), [(Kind.VALUE, "$.body")]),
        (exchange(content=b"\x00\xff"), exchange(content=b"\x00\xff"), []),
        (exchange(content=b'{"a":1}'), exchange(content=b'{ "a" : 1 }'), []),
    ],
)
def test_answers_are_compared_as_what_they_are(
    baseline: Exchange, candidate: Exchange, expected: list[tuple[Kind, str]]
) -> None:
    """Status, media type and body each have their differences; errors are not held against successes."""
    assert _found(baseline, candidate) == expected


@pytest.mark.parametrize(
    ("baseline", "candidate", "side"),
    [(b"{}", b"{", Side.CANDIDATE), (b"{", b"{}", Side.BASELINE), (b"{", b"[", None), (b"{", b"{", None)],
)
def test_an_invalid_body_has_its_side(baseline: bytes, candidate: bytes, side: Side | None) -> None:
    """A body that is not the JSON it says it is names the side that sent it."""
    # No two answers share their bytes in memory.
    sides = [
        exchange(content=bytes(bytearray(content)), headers=JSON_HEADERS) for content in (baseline, candidate)
    ]

    (found,) = compare(Pair(baseline=sides[0], candidate=sides[1]))

    assert found.side is side


def test_bytes_are_shown_by_their_number() -> None:
    """Bodies that are neither JSON nor text are described, never shown as null."""
    two, three = exchange(content=b"\x00\xff"), exchange(content=b"\x00\xfe\xfd")

    (found,) = compare(Pair(baseline=two, candidate=three))

    assert (found.baseline, found.candidate) == ("2 bytes", "3 bytes")

    (found,) = compare(Pair(baseline=three, candidate=two))

    assert (found.baseline, found.candidate) == ("3 bytes", "2 bytes")

    (found,) = compare(Pair(baseline=exchange(content=b"one"), candidate=exchange(content=b"two")))

    assert (found.baseline, found.candidate) == ("one", "two")


def test_headers_are_compared_by_name() -> None:
    """Names are compared without case and in order, repeated fields as one, what travel adds not at all."""
    told = {"content-type", "expires", "last-modified", "request-id", "x-correlation-id", "x-request-id"}
    transport: Headers = tuple((name, "1") for name in sorted(TRANSPORT_HEADERS - told))
    old = exchange(
        {},
        headers=(
            *transport,
            ("X-B", "1"),
            ("x-b", "2"),
            ("ETag", "a"),
            ("Expect", "b"),
            ("X-Same", "s"),
            ("Link", "l"),
        ),
    )
    new = exchange(
        {},
        headers=(
            ("x-b", "1, 2"),
            ("etag", "b"),
            ("expect", "a"),
            ("x-same", "s"),
            ("X-New", "n"),
            ("a-first", "f"),
        ),
    )

    found = compare(Pair(baseline=old, candidate=new))

    assert [(fact.kind, fact.path, fact.baseline, fact.candidate) for fact in found] == [
        (Kind.HEADER_ADDED, "$.headers['a-first']", None, "f"),
        (Kind.HEADER_VALUE, "$.headers.etag", "a", "b"),
        (Kind.HEADER_VALUE, "$.headers.expect", "b", "a"),
        (Kind.HEADER_REMOVED, "$.headers.link", "l", None),
        (Kind.HEADER_ADDED, "$.headers['x-new']", None, "n"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [(200, 299, True), (299, 200, True), (500, 599, True), (299, 300, False), (399, 400, False)],
)
def test_answers_of_one_class_are_held_against_each_other(old: int, new: int, told: bool) -> None:  # noqa: FBT001 - a table's column
    """Headers and bodies are compared where both statuses begin with one digit."""
    found = _found(exchange({"a": 1}, old, headers=(("etag", "a"),)), exchange({"a": 2}, new))

    assert found == [
        (Kind.STATUS, "$.status"),
        *([(Kind.HEADER_REMOVED, "$.headers.etag"), (Kind.VALUE, "$.body.a")] if told else []),
    ]


@pytest.mark.parametrize(
    ("old", "new", "side", "detail"),
    [
        ("@1769558400", None, Side.BASELINE, "2026-01-28"),
        (None, "@1769558400", Side.CANDIDATE, "2026-01-28"),
        ("@1", "@1769558400", None, "2026-01-28"),
        ("@1769558400", "@1769558400", None, "2026-01-28"),
        (None, "true", Side.CANDIDATE, "malformed: RFC 9745 wants `@` and seconds since 1970"),
    ],
)
def test_an_announced_end_is_told_whoever_announces_it(
    old: str | None, new: str | None, side: Side | None, detail: str
) -> None:
    """That v1 ends is a fact where v1beta1 announces the same; its header is told once."""
    pair = Pair(
        **{
            name: exchange({}, headers=() if value is None else (("Deprecation", value),))
            for name, value in (("baseline", old), ("candidate", new))
        }
    )

    (found,) = compare(pair)

    assert (found.kind, found.path) == (Kind.ANNOUNCED, "$.headers.deprecation")
    assert (found.baseline, found.candidate, found.side, found.detail) == (old, new, side, detail)


_COOKIE = "$.headers['set-cookie']"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((("X-Request-Id", "1"),), (), [(Kind.HEADER_REMOVED, "$.headers['x-request-id']", "1", None)]),
        ((("X-Request-Id", "1"),), (("x-request-id", "2"),), []),
        ((), (("X-Request-Id", "1"),), []),
        ((), (("Set-Cookie", "a-secret-alone"),), []),
        ((("Set-Cookie", "sid=1"),), (), []),
        (
            (("Cache-Control", "max-age=1"), ("X-Trace", "on=1")),
            (("Cache-Control", "max-age=1"), ("Set-Cookie", "sid=1"), ("X-Trace", "on=1")),
            [(Kind.HEADER_ADDED, _COOKIE, None, "sid")],
        ),
        ((), (("Set-Cookie", "sid=secret; Path=/"),), [(Kind.HEADER_ADDED, _COOKIE, None, "sid")]),
        ((("Set-Cookie", "a=1"),), (("Set-Cookie", "b=2"),), []),
        ((), (("Set-Cookie", "__cf_bm=1"), ("set-cookie", "AWSALB=2")), []),
        ((("traceparent", "1"),), (), []),
        ((("Last-Modified", "a"),), (("last-modified", "b"),), []),
        ((("Expires", "a"),), (), [(Kind.HEADER_REMOVED, "$.headers.expires", "a", None)]),
    ],
)
def test_of_some_headers_only_the_presence_tells(
    old: Headers, new: Headers, expected: list[tuple[Kind, str, Json, Json]]
) -> None:
    """A lost request id and a new cookie are told, the cookie by its name; their values never are."""
    found = compare(Pair(baseline=exchange({}, headers=old), candidate=exchange({}, headers=new)))

    assert [(fact.kind, fact.path, fact.baseline, fact.candidate) for fact in found] == expected


@pytest.mark.parametrize(
    ("old", "new", "charsets"),
    [
        ("application/json", "application/json; charset=UTF-8", None),
        ("application/json", "application/json;charset=iso-8859-1", ("utf-8", "iso-8859-1")),
        ('text/plain; charset="utf-8"', "text/plain; charset=utf-8", None),
        ("text/plain", "text/plain; charset=utf-8", ("", "utf-8")),
    ],
)
def test_charsets_are_compared_by_what_they_mean(
    old: str, new: str, charsets: tuple[str, str] | None
) -> None:
    """JSON that names no charset is UTF-8; quotes and capitals make no other one."""
    made = [exchange(headers=(("content-type", media),), content=b"1") for media in (old, new)]

    found = compare(Pair(baseline=made[0], candidate=made[1]))

    expected = [(Kind.HEADER_VALUE, "$.headers['content-type']", *charsets)] if charsets else []
    assert [(fact.kind, fact.path, fact.baseline, fact.candidate) for fact in found] == expected


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (0.1, 1.1, True),
        (0.1, 1.09, False),
        (2.0, 5.9, False),
        (2.0, 6.0, True),
        (6.0, 2.0, False),
        (0.0, 0.0, False),
    ],
)
def test_only_a_much_slower_answer_is_told(old: float, new: float, told: bool) -> None:  # noqa: FBT001 - a table's column
    """Latency differs where it exceeds both a ratio and a floor."""
    found = _found(exchange({}, elapsed=old), exchange({}, elapsed=new))

    assert found == ([(Kind.LATENCY, "$.elapsed")] if told else [])


def test_latency_is_told_in_milliseconds() -> None:
    """Elapsed seconds are told with three digits: what is finer is noise."""
    made = Pair(baseline=exchange({}, elapsed=0.12345), candidate=exchange({}, elapsed=2.98765))

    (found,) = compare(made)

    assert (found.baseline, found.candidate) == (0.123, 2.988)


@pytest.mark.parametrize(
    ("baseline", "candidate", "side", "values"),
    [
        (failed(), exchange({}), Side.BASELINE, ("timeout", None)),
        (exchange({}), failed(FailureKind.CONNECT), Side.CANDIDATE, (None, "connect")),
        (failed(), failed(FailureKind.DISCONNECT), None, ("timeout", "disconnect")),
        (failed(), failed(), None, ("timeout", "timeout")),
    ],
)
def test_a_failure_takes_the_place_of_all_else(
    baseline: Exchange, candidate: Exchange, side: Side | None, values: tuple[str | None, str | None]
) -> None:
    """Where a side has no response, that is the one difference, and it says whose."""
    (found,) = compare(Pair(baseline=baseline, candidate=candidate))

    assert (found.kind, found.path, found.side) == (Kind.FAILURE, "$.failure", side)
    assert (found.baseline, found.candidate) == values
    assert "no answer within 30 s" in found.detail


@pytest.mark.parametrize(
    ("old", "new", "side"),
    [
        (404, 500, Side.CANDIDATE),
        (404, 400, Side.CANDIDATE),
        (500, 404, Side.BASELINE),
        (500, 500, None),
        ("404", 404, Side.BASELINE),
    ],
)
def test_an_error_body_states_the_status(old: Json, new: Json, side: Side | None) -> None:
    """A statusCode that is not the HTTP status is told with the side that says so."""
    made = pair(error(404, statusCode=old), error(404, statusCode=new), statuses=(404, 404))

    found = [fact for fact in compare(made) if fact.kind is Kind.ERROR_STATUS]

    assert [(fact.path, fact.side) for fact in found] == [("$.body.statusCode", side)]
    assert found[0].detail == "the HTTP status is 404"


def test_of_two_wrong_error_bodies_the_candidates_status_is_told() -> None:
    """Where both bodies state another status, the sentence is about v1, down to the first error status."""
    made = pair(error(404, statusCode=1), error(400, statusCode=2), statuses=(404, 400))

    found = [fact for fact in compare(made) if fact.kind is Kind.ERROR_STATUS]

    assert [(fact.baseline, fact.candidate, fact.side) for fact in found] == [(1, 2, None)]
    assert found[0].detail == "the HTTP status is 400"


@pytest.mark.parametrize(
    "made",
    [
        pair(error(404), error(404), statuses=(404, 404)),
        pair({"statusCode": 7}, {"statusCode": 7}),
        pair({"statusCode": 7}, {"statusCode": 7}, statuses=(399, 399)),
        pair([404], [404], statuses=(404, 404)),
        pair({"message": "no"}, {"message": "no"}, statuses=(500, 500)),
        pair(error(404), error(500), statuses=(404, 500)),
    ],
)
def test_only_error_bodies_state_the_status(made: Pair) -> None:
    """A body that says nothing of a status, or is no error's, is not held against it."""
    assert Kind.ERROR_STATUS not in {fact.kind for fact in compare(made)}


@pytest.mark.parametrize(
    ("errors", "named"),
    [
        ([{"field": "name"}, {"field": "name"}, {"field": "git.account"}], "`name`, `git.account`"),
        ([{"field": f"f{number}"} for number in range(9)], "`f0`, `f1`, `f2`, `f3`, `f4`"),
        ([{"field": "x`, `executor"}, {"field": "a b"}, {"field": ""}, {"field": "f" * 61}], ""),
        ([{"field": 1}, {}, None, "name"], ""),
        ({"field": "name"}, ""),
        (None, ""),
    ],
)
def test_a_refusal_of_one_side_names_its_fields(errors: Json, named: str) -> None:
    """The fields of the one error are told with the statuses; what is no name is not repeated."""
    body: Json = {"message": "no", "fieldErrors": errors}
    for statuses in ((200, 400), (400, 200)):
        sides: list[Json] = [body if status >= 400 else "an answer" for status in statuses]
        found = compare(pair(*sides, statuses=statuses))

        assert [(fact.kind, fact.detail) for fact in found] == [(Kind.STATUS, named)]
    assert {fact.detail for fact in compare(pair(body, body, statuses=(400, 422)))} == {""}
    assert [fact.detail for fact in compare(pair(body, body, statuses=(399, 400)))] == [named]
