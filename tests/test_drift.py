"""v1 compared with itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.cassette import CassetteWriter
from harness.drift import MODE, PIN, PINNED, Asking, Drift, cassettes_of, find_drift, reworded
from harness.errors import UsageError
from harness.exchange import Exchange, Failure, FailureKind, Json, Request, Response, header
from harness.redact import Redactor
from harness.result import Source, Verdict
from harness.settings import PRODUCTION, SANDBOX_MARK, SANDBOX_TOKEN, Settings
from harness.struct import replace
from tests.builders import exchange, failed, request
from tests.report.builders import provenance

BASE = "https://api.example.com/v1"
TEAM = "/organizations/o1/teams/t1"
USER: dict[str, Json] = {
    "id": "u1",
    "username": "a@example.com",
    "fullName": "A",
    "avatarUrl": "https://a.example.com/a.png",
    "status": "ACTIVE",
    "createdAt": "2026-01-01T00:00:00Z",
    "updatedAt": "2026-01-01T00:00:00Z",
}
PATH = "/organizations/o1/users/u1"


@dataclass
class Today:
    """A v1 of today: answers by path, and what was asked of it."""

    answers: Mapping[str, Exchange]
    asked: list[Request] = field(default_factory=list)

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Answer, or refuse with 404."""
        assert not follow_redirects
        assert timeout is None
        self.asked.append(request)
        path = request.url.removeprefix(BASE)
        pin = header(request.headers, PIN)
        found = self.answers.get(f"{path} {pin}") or self.answers.get(path) or exchange({}, 404)
        return (replace(found, request=request),)

    def close(self) -> None:
        """Do nothing: nothing is open."""


def call(path: str, data: Json, status: int = 200, **changes: str) -> Exchange:
    """Build a recorded call with the token of the environment."""
    sent = Request(
        method=changes.get("method", "GET"),
        url=f"{BASE}{path}",
        headers=(("Authorization", changes.get("authorization", "Bearer [ASTRO_API_TOKEN]")),),
    )
    return replace(exchange(data, status), request=sent)


def record(directory: Path, scenario: str, *calls: Exchange, environment: str = "production") -> Path:
    """Write a recording of v1."""
    writer = CassetteWriter()
    for each in calls:
        writer.add(each, "step")
    path = directory / "cassettes" / scenario / "candidate.yaml"
    writer.save(path, provenance(Source.LIVE, environment=environment), {})
    return path


def drift(
    directory: Path,
    today: Today,
    *calls: Exchange,
    pinned: str = "",
    token: str = "made-up",  # noqa: S107 - it opens nothing
    **origin: str,
) -> Drift:
    """Record calls, and ask them again."""
    record(directory, "users/get", *calls, **origin)
    settings = Settings(
        root=directory,
        scenarios=(),
        cassettes=directory / "cassettes",
        reports=directory / "reports",
        state=directory / ".harness",
    )
    asking = Asking(
        settings=settings,
        environment=replace(PRODUCTION, base_urls={"v1": BASE}, headers={"X-Team": "a"}),
        client=today,
        token=token,
        redactor=Redactor({"ASTRO_API_TOKEN": token}),
        pinned=pinned,
    )
    return find_drift(cassettes_of(settings.cassettes, ()), asking, "run1")


def only(found: Drift) -> tuple[Verdict, set[str]]:
    """Return the verdict and the rules of the one call that was made."""
    ((_, step),) = found.steps
    return step.verdict, {each.rule for each in step.findings if each.severity != "info"}


def test_what_is_as_it_was_is_no_drift(tmp_path: Path) -> None:
    """The same answer, with other values of the same kinds, in the same shape."""
    later = {**USER, "updatedAt": "2026-11-01T00:00:00Z", "fullName": "B"}
    found = drift(tmp_path, Today({PATH: exchange(later)}), call(PATH, USER))

    assert only(found) == (Verdict.MATCH, set())
    assert (found.drifted, found.troubled) == (False, False)
    assert (found.run.mode, found.run.id, found.run.environment) == (MODE, "run1", "production")


@pytest.mark.parametrize(("token", "source"), [("made-up", Source.LIVE), (SANDBOX_TOKEN, Source.SANDBOX)])
def test_what_takes_the_sandboxs_token_proves_no_drift(tmp_path: Path, token: str, source: Source) -> None:
    """Whatever the environment is called, what answers there is the sandbox."""
    found = drift(tmp_path, Today({PATH: exchange(USER)}), call(PATH, USER), token=token)

    assert {each.provenance.source for each in found.run.scenarios if each.provenance} == {source}


def test_what_the_sandbox_marked_proves_no_drift(tmp_path: Path) -> None:
    """Its answers say what they are, whatever the environment and the token are called."""
    found = drift(tmp_path, Today({PATH: exchange(USER, headers=(SANDBOX_MARK,))}), call(PATH, USER))

    assert {each.provenance.source for each in found.run.scenarios if each.provenance} == {Source.SANDBOX}


def test_a_property_that_went_is_drift(tmp_path: Path) -> None:
    """It is judged as between versions, told of the recording and of today, and asks for no acceptance."""
    today = {name: value for name, value in USER.items() if name != "username"}
    found = drift(tmp_path, Today({PATH: exchange(today)}), call(PATH, USER))
    ((scenario, step),) = found.steps
    said = [finding.explanation for finding in step.findings if finding.severity != "info"]

    assert found.drifted
    assert step.verdict is scenario.verdict is Verdict.MISMATCH
    assert said
    assert any("the recording" in each or "v1 today" in each for each in said)
    assert not any("v1beta1" in each for each in said)
    assert step.where == "cassettes/users/get/candidate.yaml call 1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"users": [USER], "totalCount": 1}, {"users": [], "totalCount": 0}),
        ({"users": [USER], "totalCount": 1}, {"users": [USER, {**USER, "id": "u2"}], "totalCount": 2}),
    ],
)
def test_elements_that_come_and_go_are_data(tmp_path: Path, before: Json, after: Json) -> None:
    """An organization has other users on another day."""
    path = "/organizations/o1/users"
    found = drift(tmp_path, Today({path: exchange(after)}), call(path, before))

    assert only(found) == (Verdict.MATCH, set())


def test_another_status_is_drift(tmp_path: Path) -> None:
    """An endpoint that is gone is the worst drift; a refusal that stayed is none."""
    gone = drift(tmp_path / "a", Today({}), call(PATH, USER))
    same = drift(
        tmp_path / "b", Today({PATH: exchange({"message": "no"}, 404)}), call(PATH, {"message": "no"}, 404)
    )

    assert only(gone)[0] is Verdict.MISMATCH
    assert not same.drifted
    assert not same.troubled


def test_no_answer_is_trouble_and_no_drift(tmp_path: Path) -> None:
    """What could not be asked proves nothing."""
    silent = replace(failed(), failure=Failure(kind=FailureKind.CONNECT, message="could not connect"))
    found = drift(tmp_path, Today({PATH: silent}), call(PATH, USER))
    ((_, step),) = found.steps

    assert (found.drifted, found.troubled) == (False, True)
    assert (step.verdict, step.reason) == (Verdict.ERROR, "v1 gave no answer: could not connect")


def test_a_throttled_call_is_trouble(tmp_path: Path) -> None:
    """429 says nothing of v1."""
    found = drift(tmp_path, Today({PATH: exchange({"message": "slow down"}, 429)}), call(PATH, USER))

    assert (found.drifted, found.troubled) == (False, True)


def test_only_what_is_safe_and_plain_is_asked(tmp_path: Path) -> None:
    """No call that changes something, none after one that did, no probe, and an equal request once."""
    today = Today({PATH: exchange(USER)})
    found = drift(
        tmp_path,
        today,
        call(PATH, {**USER, "status": "PENDING"}),
        call(PATH, USER),
        call("/organizations/o1/teams", {"message": "no"}, 400, method="POST"),
        call(PATH, {"message": "no"}, 401, authorization="Bearer invalid"),
        call("/organizations/o1/teams", {"id": "t1"}, method="POST"),
        call(TEAM, {"id": "t1"}),
    )

    assert [sent.url for sent in today.asked] == [BASE + PATH]
    assert {left.why: left.number for left in found.left} == {
        "it was recorded again later": 1,
        "it changes something": 2,
        "it is a probe without the token, or with another one": 1,
        "what the scenario made then is not there any more": 1,
    }


def test_another_environment_is_not_asked(tmp_path: Path) -> None:
    """Ids of one organization are not those of another: nothing is called."""
    today = Today({})
    found = drift(tmp_path, today, call(PATH, USER), environment="sandbox")

    assert today.asked == []
    assert found.troubled
    assert [left.why for left in found.left] == ["recorded from `sandbox`"]


def test_the_token_is_sent_and_not_kept(tmp_path: Path) -> None:
    """Today's calls carry the token and the headers of the environment; what is kept has a placeholder."""
    today = Today({PATH: exchange(USER)})
    found = drift(tmp_path, today, call(PATH, USER))

    assert header(today.asked[0].headers, "authorization") == "Bearer made-up"
    assert header(today.asked[0].headers, "x-team") == "a"
    assert "made-up" not in repr(found)


def test_a_pinned_version_is_compared_with_the_latest(tmp_path: Path) -> None:
    """Both are asked today; what the recording said does not matter."""
    newer = {**USER, "nickname": "a"}
    today = Today({f"{PATH} 1.0": exchange(newer), PATH: exchange(USER)})
    found = drift(tmp_path, today, call(PATH, {"id": "old"}), pinned="1.0")
    ((_, step),) = found.steps

    assert [header(sent.headers, PIN) for sent in today.asked] == [None, "1.0"]
    assert found.run.mode == PINNED
    assert any("v1 pinned to 1.0" in each.explanation for each in step.findings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v1beta1 answers, v1 does not.", "old answers, new does not."),
        ('$.body.v1 is "v1beta1" and `v1` in v1', '$.body.v1 is "v1beta1" and `v1` in new'),
        ("v1's contract; v12 and av1", "new's contract; v12 and av1"),
    ],
)
def test_sides_get_other_names(text: str, said: str) -> None:
    """What is quoted, and paths, keep their letters."""
    assert reworded(text, "old", "new") == said


def test_recordings_are_found_by_scenario(tmp_path: Path) -> None:
    """All, one, its rows, or those below a directory; a name that has none is a mistake."""
    directory = tmp_path / "cassettes"
    for name in ("tokens/list", "tokens/list[one]", "tokens/life", "users/list"):
        record(tmp_path, name, call(PATH, USER))

    assert list(cassettes_of(directory, ())) == [
        "tokens/life",
        "tokens/list",
        "tokens/list[one]",
        "users/list",
    ]
    assert list(cassettes_of(directory, ["tokens/list"])) == ["tokens/list", "tokens/list[one]"]
    assert list(cassettes_of(directory, ["users/", "tokens"])) == [
        *("tokens/life", "tokens/list", "tokens/list[one]", "users/list"),
    ]
    with pytest.raises(UsageError, match=r"^token: there is no recording of that scenario"):
        cassettes_of(directory, ["token"])
    with pytest.raises(UsageError, match="there are no recordings of v1"):
        cassettes_of(tmp_path / "nowhere", ())


def test_a_response_without_a_body(tmp_path: Path) -> None:
    """What is empty on both days is alike."""
    empty = Exchange(request=request(), response=Response(status=204))
    recorded = replace(empty, request=call(PATH, None).request)
    found = drift(tmp_path, Today({PATH: empty}), recorded)

    assert only(found)[0] is Verdict.MATCH
