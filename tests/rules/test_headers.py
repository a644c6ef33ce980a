"""Rules of headers."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Side
from tests.rules.cases import Case, check, fact, info, risky

_ERROR = {"old_status": 400, "new_status": 400}
_NOT_FOUND = {"old_status": 404, "new_status": 404}
_STATED = "$.body.statusCode"
_HEADER = "$.headers"

CASES = [
    risky("header-removed", fact(Kind.HEADER_REMOVED, f"{_HEADER}['x-total']", "1")),
    risky("caching-changed", fact(Kind.HEADER_REMOVED, f"{_HEADER}.etag", "1")),
    risky("caching-changed", fact(Kind.HEADER_VALUE, f"{_HEADER}['cache-control']", "no-store", "public")),
    info("header-added", fact(Kind.HEADER_ADDED, f"{_HEADER}.etag", new="1")),
    info("deprecation-announced-already", fact(Kind.ANNOUNCED, f"{_HEADER}.sunset", "a", side=Side.BASELINE)),
    risky("deprecation-announced", fact(Kind.ANNOUNCED, f"{_HEADER}.sunset", "soon", "later")),
    risky("caching-changed", fact(Kind.HEADER_REMOVED, f"{_HEADER}['last-modified']", "1")),
    risky("request-id-lost", fact(Kind.HEADER_REMOVED, f"{_HEADER}['x-request-id']", "1")),
    info("content-encoding-changed", fact(Kind.HEADER_ADDED, f"{_HEADER}['content-encoding']", new="gzip")),
    info("content-encoding-changed", fact(Kind.HEADER_REMOVED, f"{_HEADER}['content-encoding']", "gzip")),
    risky("charset-changed", fact(Kind.HEADER_VALUE, f"{_HEADER}['content-type']", "utf-8", "latin-1")),
    risky("www-authenticate-changed", fact(Kind.HEADER_REMOVED, f"{_HEADER}['www-authenticate']", "Bearer")),
    risky("location-style-changed", fact(Kind.HEADER_REMOVED, f"{_HEADER}.location", "/a")),
    risky(
        "location-style-changed",
        fact(Kind.HEADER_VALUE, f"{_HEADER}.location", "https://a.example/v1/teams/t", "/v1/teams/t"),
    ),
    info(
        "header-value-varied",
        fact(
            Kind.HEADER_VALUE,
            f"{_HEADER}.location",
            "https://a.example/iam/v1beta1/teams/t",
            "https://a.example/v1/teams/t",
        ),
    ),
    risky("header-changed", fact(Kind.HEADER_VALUE, f"{_HEADER}.location", "/v1/teams/t", "/v1/teams/u")),
    info(
        "header-value-varied",
        fact(Kind.HEADER_VALUE, f"{_HEADER}.location", "/v1/teams/t", "/v1/teams/u"),
        own=True,
    ),
    info(
        "header-value-varied",
        fact(
            Kind.HEADER_VALUE,
            f"{_HEADER}.link",
            '<https://a.example/iam/v1beta1/teams?offset=20>; rel="next", </iam/v1beta1/teams>; rel="first"',
            '<https://a.example/v1/teams?offset=20>; rel="next", </v1/teams>; rel="first"',
        ),
    ),
    info(
        "header-value-varied",
        fact(Kind.HEADER_VALUE, f"{_HEADER}.link", "</v1/a/1>", "</v1/a/2>", detail="</v1/a/1>"),
    ),
    risky(
        "header-changed",
        fact(Kind.HEADER_VALUE, f"{_HEADER}.link", "</v1/teams?offset=20>", "</v1/teams?offset=10>"),
    ),
    risky(
        "header-changed",
        fact(Kind.HEADER_VALUE, f"{_HEADER}.link", "<https://a.example/iam/v1beta1/teams>", "</v1/teams>"),
    ),
    risky(
        "header-changed",
        fact(Kind.HEADER_VALUE, f"{_HEADER}.link", '</v1/teams>; rel="next"', '</v1/teams>; rel="prev"'),
    ),
    risky("rate-limit-changed", fact(Kind.HEADER_VALUE, f"{_HEADER}['x-ratelimit-limit']", "10", "5")),
    risky("rate-limit-changed", fact(Kind.HEADER_REMOVED, f"{_HEADER}['ratelimit-remaining']", "10")),
    info("header-value-varied", fact(Kind.HEADER_VALUE, f"{_HEADER}['x-ratelimit-remaining']", "10", "5")),
    info("header-value-varied", fact(Kind.HEADER_VALUE, f"{_HEADER}.ratelimit", "r=10", "r=5")),
    risky("set-cookie-added", fact(Kind.HEADER_ADDED, f"{_HEADER}['set-cookie']", new="sid")),
    risky(
        "deprecation-announced", fact(Kind.ANNOUNCED, f"{_HEADER}.deprecation", new="@1", side=Side.CANDIDATE)
    ),
    info("header-added", fact(Kind.HEADER_ADDED, f"{_HEADER}['x-sunset']", new="1")),
    risky(
        "www-authenticate-changed",
        fact(Kind.HEADER_VALUE, f"{_HEADER}['www-authenticate']", "Basic", "Bearer"),
    ),
    risky("rate-limit-changed", fact(Kind.HEADER_VALUE, f"{_HEADER}['retry-after']", "1", "2")),
    info("header-value-varied", fact(Kind.HEADER_VALUE, f"{_HEADER}.etag", "1", "2")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_speaks(case: Case) -> None:
    """Each difference of headers is judged by what clients do with the field."""
    check(case)
