"""A draft asks its recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.asking import Checker
from harness.draft import draft
from harness.exchange import Exchange
from harness.settings import load_settings
from harness.struct import replace
from tests.cassette import PROVENANCE
from tests.draft import AUTHORIZED, IAM, JUDGE, PLATFORM, call, id_

TEAMS = call("GET", f"{IAM}/teams", {"teams": [{"id": id_(1)}, {"id": id_(2)}]})
FLOWS = {
    "captures": [
        call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": "n", "x": "REDACTED-0123abcd"}),
        call("GET", f"{IAM}/teams/{id_(1)}", {"id": id_(1)}),
        call("DELETE", f"{IAM}/teams/{id_(1)}", status=204),
    ],
    "foreach": [TEAMS, *[call("GET", f"{IAM}/teams/{id_(n)}", {}) for n in (1, 2)]],
    "poll": [
        call("GET", f"{PLATFORM}/deployments/{id_(1)}", {"status": state})
        for state in ("CREATING", "HEALTHY")
    ],
    "walk": [
        call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": [{"id": id_(at)}] * (at < 2)})
        for at in range(3)
    ],
    "walk to the total": [
        call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": [{"id": id_(at)}], "totalCount": 3})
        for at in range(3)
    ],
    "walk over many pages": [
        call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": [{"id": id_(at)}], "totalCount": 120})
        for at in range(120)
    ],
    "walk with captures": [
        *(
            call("GET", f"{IAM}/users?limit=2&offset={at}", {"users": [{"id": id_(n)} for n in shown]})
            for at, shown in ((0, (1, 2)), (2, (3, 4)), (4, ()))
        ),
        *(call("GET", f"{IAM}/users/{id_(number)}", {}) for number in (4, 1, 3)),
    ],
    "walk and foreach, page by page": [
        call("GET", f"{IAM}/users?limit=2", {"users": [{"id": id_(1)}, {"id": id_(2)}]}),
        *(call("GET", f"{IAM}/users/{id_(number)}", {}) for number in (1, 2)),
        call("GET", f"{IAM}/users?limit=2&offset=2", {"users": [{"id": id_(3)}]}),
        call("GET", f"{IAM}/users/{id_(3)}", {}),
    ],
    "offsets": [
        call("GET", f"{IAM}/users?limit=1&offset={at}", {"users": [{"id": id_(at)}]}) for at in range(3)
    ],
    "a token that was left out": [
        call("GET", f"{IAM}/teams", {"teams": [{"id": id_(1)}]}, headers=()),
        call("GET", f"{IAM}/teams/{id_(1)}", {"id": id_(1)}, headers=()),
    ],
    "a token that was rotated": [
        call("POST", f"{IAM}/tokens", {"id": id_(1), "token": "REDACTED-0123abcd"}, body={"name": "n"}),
        call("GET", f"{IAM}/teams", {}, headers=(("Authorization", "Bearer REDACTED-0123abcd"),), status=403),
        call("POST", f"{IAM}/tokens/{id_(1)}/rotate", {"id": id_(1), "token": "REDACTED-4567abcd"}),
        call("GET", f"{IAM}/teams", {}, headers=(("Authorization", "Bearer REDACTED-4567abcd"),)),
    ],
    "tokens of roles": [
        call("GET", f"{IAM}/users", {}, status=status, headers=(("Authorization", f"Bearer [{name}]"),))
        for name, status in (("ASTRO_API_TOKEN", 200), ("ASTRO_API_TOKEN_READONLY", 403))
    ],
    "header fields": [
        call(
            "GET",
            f"{IAM}/users",
            {},
            headers=(*AUTHORIZED, ("If-None-Match", "1"), ("X-A", "REDACTED-0123abcd")),
        ),
    ],
    "gone": [
        call("DELETE", f"{PLATFORM}/deployments/{id_(1)}", status=204),
        call("GET", f"{PLATFORM}/deployments/{id_(1)}", {"id": id_(1)}),
        call("GET", f"{PLATFORM}/deployments/{id_(1)}", {}, status=404, at=5),
    ],
    "no token": [call("GET", f"{IAM}/users", {}, status=401, headers=())],
}


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    """Give a checker of a project without settings."""
    return Checker(load_settings(tmp_path), PROVENANCE)


@pytest.mark.parametrize("exchanges", FLOWS.values(), ids=FLOWS)
def test_what_was_recorded_is_asked(checker: Checker, exchanges: list[Exchange]) -> None:
    """Each way of folding loads as a scenario and finds its recording."""
    (found,) = draft(exchanges, JUDGE, None, "", checker).drafts

    assert found.unproved == ""
    assert found.calls == len(exchanges)


def test_what_asks_something_else_is_told(checker: Checker) -> None:
    """A draft whose recording lacks an answer, and one that is no scenario."""
    (found,) = draft([TEAMS], JUDGE, None, "", checker).drafts

    assert "expct" in checker(replace(found, text=found.text.replace("expect", "expct")))
    assert checker(replace(found, text=found.text.replace("ListTeams", "ListUsers")))
