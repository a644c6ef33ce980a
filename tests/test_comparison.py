"""Recorded exchanges: how they are paired, what is supposed of them, and what comes of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.comparison import Comparison, compare_files
from harness.errors import HarnessError
from harness.exchange import Json, Side
from harness.redact import Redactor
from harness.result import Verdict
from harness.rules import Severity
from tests.builders import CUID, OTHER_CUID, answers, judge
from tests.proof import IAM, ORGANIZATION, V1, Document, answer, error, sent

_TODAY = date(2026, 11, 23)


def _write(directory: Path, **files: Json) -> dict[Side, Path]:
    paths = {side: directory / f"{side.value}.json" for side in Side}
    for side, path in paths.items():
        path.write_text(json.dumps(files[side.value]), "utf-8")
    return paths


def _compared(directory: Path, baseline: Json, candidate: Json, **options: Any) -> Comparison:
    files = _write(directory, baseline=baseline, candidate=candidate)
    return compare_files(files, judge(), options.pop("redactor", Redactor()), today=_TODAY, **options)


def _problems(directory: Path, baseline: Json, candidate: Json, **options: Any) -> list[str]:
    with pytest.raises(HarnessError) as caught:
        _compared(directory, baseline, candidate, **options)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def _har(*entries: tuple[str, str, int, Json]) -> Json:
    """Build a HAR of (method, path with base, status, body)."""
    return {
        "log": {
            "entries": [
                {
                    "request": {"method": method, "url": f"https://h/{path}"},
                    "response": {
                        "status": status,
                        "content": {"mimeType": "application/json", "text": json.dumps(body)},
                    },
                }
                for method, path, status, body in entries
            ]
        }
    }


def _rules(comparison: Comparison) -> list[str]:
    return [each.rule for pair in comparison.pairs for each in pair.findings]


def test_the_operation_is_found_from_either_url(tmp_path: Path) -> None:
    """A request of one side tells the operation of both, and is taken for the other side's too."""
    body = answers("ListUsers")[0]
    for api, turn in ((IAM, 1), (V1, -1)):
        pair = [answer(body, request=sent("GET", api, "/users?limit=2")), answer(body)][::turn]
        (found,) = _compared(tmp_path, *pair).pairs
        assert found.operation == "ListUsers"
        assert found.verdict is Verdict.MATCH
        assert found.baseline is not None
        assert found.candidate is not None
        assert (found.baseline.api, found.candidate.api) == ("iam", "v1")
        path = "/organizations/clorg00000000000000000000/users?limit=2"
        assert found.baseline.url == f"https://api.astronomer.io/iam/v1beta1{path}"
        assert found.candidate.url == f"https://api.astronomer.io/v1{path}"


def test_the_operation_is_taken_from_the_option_first(tmp_path: Path) -> None:
    """What the caller says wins over the document, and the document over its URL."""
    body: Json = {"operation": "GetTeam", **answer({}, request=sent("GET", IAM, "/users"))}
    assert _compared(tmp_path, body, body).pairs[0].operation == "GetTeam"
    assert _compared(tmp_path, body, body, operation="GetUser").pairs[0].operation == "GetUser"


def test_an_unknown_url_is_compared_without_contracts(tmp_path: Path) -> None:
    """What no contract has is named by its method and path."""
    request: Document = {"method": "GET", "url": "https://h/v1/nothing"}
    found = _compared(tmp_path, answer({"a": 1}, request=request), answer({})).pairs[0]
    assert found.operation == "GET /nothing"
    assert [each.rule for each in found.findings] == ["property-removed"]


def test_without_request_and_operation_the_answers_are_compared(tmp_path: Path) -> None:
    """Two bare answers are compared as one read of one thing."""
    found = _compared(tmp_path, answer({"id": CUID}), answer({"id": OTHER_CUID})).pairs[0]
    assert [each.rule for each in found.findings] == ["value-changed"]
    assert found.findings[0].explanation.startswith("the exchange: ")


def test_own_ids_in_the_query_make_own_resources(tmp_path: Path) -> None:
    """Lists that are asked for by ids of the sides are lists of their own."""
    pair = [
        answer({"id": id_}, request=sent("GET", api, f"/users?workspaceId={of}"))
        for api, id_, of in ((IAM, CUID, f"{CUID[:-1]}b"), (V1, OTHER_CUID, f"{CUID[:-1]}c"))
    ]
    rules = _rules(_compared(tmp_path, *pair))
    assert "value-made-by-side" in rules
    assert "value-changed" not in rules


def test_strangers_are_refused(tmp_path: Path) -> None:
    """Exchanges of two operations are a mistake of the caller, unless the operation is named."""
    pair = answer(request=sent("GET", IAM, "/users")), answer(request=sent("GET", V1, "/teams"))
    (problem,) = _problems(tmp_path, *pair)
    assert problem.startswith("candidate.json:1: this is ListTeams, but ")
    assert _compared(tmp_path, *pair, operation="ListUsers").pairs


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Both files, the acceptances and the operation are read before anything is refused."""
    (tmp_path / "accept.yaml").write_text("accept:\n  - rule: proprty-renamed\n    resn: x\n", "utf-8")
    found = _problems(tmp_path, {"respons": {}}, [], operation="ListUsr", accepted=tmp_path / "accept.yaml")
    assert found == [
        "baseline.json:1: `respons` is not a key of an exchange document. Write `response`.",
        "candidate.json:1: an exchange document must be a mapping, not a list",
        "--operation: there is no operation `ListUsr` in v1beta1 or v1. Write `ListUsers`.",
        "accept.yaml:3: `resn` is not a key of an acceptance. Write `reason`.",
        "accept.yaml:2: there is no rule `proprty-renamed`. Write `property-renamed`.",
    ]


@pytest.mark.parametrize("text", ["", "[]", "accept: {}", "scenario: x\naccept: []"])
def test_a_file_of_acceptances_has_nothing_else(tmp_path: Path, text: str) -> None:
    """The file is a list under `accept`, and other keys are mistakes."""
    (tmp_path / "accept.yaml").write_text(text, "utf-8")
    (problem,) = _problems(tmp_path, answer({}), answer({}), accepted=tmp_path / "accept.yaml")
    assert problem.startswith("accept.yaml:1: ")


_ACCEPT = """accept:
  - rule: property-removed
    path: $.body.a
    reason: nobody reads it
    until: {until}
"""


def _accepting(directory: Path, until: str, old: Json, new: Json) -> Comparison:
    (directory / "accept.yaml").write_text(_ACCEPT.format(until=until), "utf-8")
    return _compared(directory, answer(old), answer(new), accepted=directory / "accept.yaml")


def test_an_acceptance_in_force_accepts(tmp_path: Path) -> None:
    """What somebody agreed to does not count any more."""
    found = _accepting(tmp_path, "2027-01-01", {"a": "x"}, {})
    assert (found.verdict, found.exit_code, found.findings) == (Verdict.ACCEPTED, 0, ())
    accepted = found.pairs[0].findings[0].accepted
    assert accepted is not None
    assert (accepted.reason, accepted.where) == ("nobody reads it", f"{tmp_path}/accept.yaml:2")


def test_an_acceptance_past_its_day_is_told(tmp_path: Path) -> None:
    """The finding counts again, and why it does is said."""
    found = _accepting(tmp_path, "2026-01-01", {"a": "x"}, {})
    assert (found.verdict, found.exit_code) == (Verdict.MISMATCH, 1)
    assert [(each.rule, each.severity) for each in found.findings] == [("acceptance-expired", Severity.RISKY)]


def test_an_acceptance_without_a_use_is_only_worth_knowing(tmp_path: Path) -> None:
    """One file of acceptances may serve many comparisons."""
    found = _accepting(tmp_path, "2027-01-01", {"a": "x"}, {"a": "x"})
    assert (found.verdict, found.exit_code) == (Verdict.MATCH, 0)
    assert [(each.rule, each.severity) for each in found.findings] == [("acceptance-unused", Severity.INFO)]


def test_an_acceptance_of_noise_needs_no_use(tmp_path: Path) -> None:
    """What comes and goes is not told while it is gone."""
    found = _accepting(tmp_path, "2027-01-01\n    noise: true", {"a": "x"}, {"a": "x"})
    assert (found.verdict, found.findings) == (Verdict.MATCH, ())


def test_what_v1_does_not_have_can_be_accepted(tmp_path: Path) -> None:
    """An unsupported operation stops being open when somebody agrees to it."""
    (tmp_path / "accept.yaml").write_text(
        "accept: [{rule: endpoint-removed, reason: we stop using it}]", "utf-8"
    )
    baseline = answer({}, request=sent("GET", "platform/v1beta1", "/alerts"))
    found = _compared(tmp_path, baseline, error(404), accepted=tmp_path / "accept.yaml")
    assert (found.verdict, found.exit_code) == (Verdict.ACCEPTED, 0)
    assert _compared(tmp_path, baseline, error(404)).exit_code == 1
    there = _compared(tmp_path, baseline, answer({}))
    assert (there.verdict, there.exit_code) == (Verdict.MISMATCH, 1)


def test_what_v1_does_not_have_was_asked_of_v1_all_the_same(tmp_path: Path) -> None:
    """The answer of which no request is there is told with v1's URL, and not with that of v1beta1."""
    baseline = answer({}, request=sent("GET", "platform/v1beta1", "/alerts"))
    (step,) = _compared(tmp_path, baseline, error(404)).pairs

    assert step.candidate is not None
    assert step.candidate.url == f"https://api.astronomer.io/v1{ORGANIZATION}/alerts"


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ((404, 404), Verdict.MATCH),
        ((401, 401), Verdict.MATCH),
        ((500, 500), Verdict.INCONCLUSIVE),
        ((429, 429), Verdict.INCONCLUSIVE),
        ((404, 403), Verdict.MISMATCH),
        ((400, 500), Verdict.MISMATCH),
    ],
)
def test_two_refusals_are_what_was_asked_for(
    tmp_path: Path, statuses: tuple[int, int], verdict: Verdict
) -> None:
    """Two recorded errors are compared as errors; a service that is down proves nothing."""
    found = _compared(tmp_path, *map(error, statuses))
    assert found.verdict is verdict


_FAILED: Document = {"failure": {"kind": "timeout", "message": "no answer"}}


def test_no_answer_from_either_side_is_an_error(tmp_path: Path) -> None:
    """Nothing can be compared with nothing."""
    found = _compared(tmp_path, _FAILED, _FAILED)
    assert (found.verdict, found.exit_code) == (Verdict.ERROR, 2)
    assert found.pairs[0].reason == "no answer from either side: no answer"


def test_no_answer_from_v1beta1_is_inconclusive(tmp_path: Path) -> None:
    """Without the baseline there is nothing to hold v1 against."""
    found = _compared(tmp_path, _FAILED, answer({}))
    assert (found.verdict, found.exit_code) == (Verdict.INCONCLUSIVE, 0)


@pytest.mark.parametrize(
    ("headers", "rule"),
    [({}, "auth-required-added"), ({"Authorization": "t"}, "token-refused"), (None, "token-refused")],
)
def test_a_token_is_supposed_where_nothing_is_told(
    tmp_path: Path, headers: dict[str, Json] | None, rule: str
) -> None:
    """Only headers without a token say that none was sent."""
    more: dict[str, Json] = {} if headers is None else {"headers": headers}
    baseline = answer({}, request=sent("GET", IAM, "/users", **more))
    assert rule in _rules(_compared(tmp_path, baseline, error(401)))


def test_secrets_are_gone_before_anything_is_compared(tmp_path: Path) -> None:
    """Known values and what looks like a secret are in no finding and no evidence."""
    request = sent(
        "GET", IAM, "/users?token=hunter2hunter2", headers={"Authorization": "Bearer s3cret-value-1"}
    )
    found = _compared(
        tmp_path,
        answer({"password": "hunter22", "note": "known-value"}, request=request),
        answer({"password": "hunter33", "note": 1}),
        redactor=Redactor({"NAME": "known-value"}),
    )
    shown = repr(found)
    assert "[NAME]" in shown
    for secret in ("s3cret", "hunter", "known-value"):
        assert secret not in shown


_USER, _TEAM = "organizations/o/users", "organizations/o/teams"


def test_many_exchanges_are_paired_by_operation_and_order(tmp_path: Path) -> None:
    """Equal requests are paired wherever they stand, the rest of an operation in its order."""
    old = _har(
        ("GET", f"iam/v1beta1/{_USER}?offset=0", 200, {"page": 0}),
        ("GET", f"iam/v1beta1/{_USER}?offset=20", 200, {"page": 1}),
        ("GET", f"iam/v1beta1/{_TEAM}/clteama", 200, {"team": 1}),
        ("GET", f"iam/v1beta1/{_TEAM}/clteamb", 200, {"team": 2}),
    )
    new = _har(
        ("GET", f"v1/{_TEAM}/clteamx", 200, {"team": 1}),
        ("GET", f"v1/{_USER}?offset=20", 200, {"page": 1}),
        ("GET", f"v1/{_TEAM}/clteamy", 200, {"team": 2}),
        ("GET", f"v1/{_USER}?offset=0", 200, {"page": 0}),
    )
    found = _compared(tmp_path, old, new)
    assert not found.single
    assert [pair.operation for pair in found.pairs] == ["ListUsers", "ListUsers", "GetTeam", "GetTeam"]
    entries = [pair.where.replace(f"{tmp_path}/", "") for pair in found.pairs]
    assert entries == [
        f"baseline.json entry {left}, candidate.json entry {right}"
        for left, right in ((1, 4), (2, 2), (3, 1), (4, 3))
    ]
    assert "value-changed" not in _rules(found)


def test_exchanges_without_a_counterpart_are_told(tmp_path: Path) -> None:
    """What only one side has takes the verdict away, and is named."""
    old = _har(("GET", f"iam/v1beta1/{_USER}", 200, {}), ("GET", "iam/v1beta1/x", 200, {}))
    new = _har(("GET", f"v1/{_USER}", 200, {}), ("GET", f"v1/{_USER}", 200, {}))
    found = _compared(tmp_path, old, new)
    alone = [(each.side, each.operation, each.where.rpartition("/")[2]) for each in found.unpaired]
    assert alone == [
        (Side.BASELINE, "GET https://h/iam/v1beta1/x", "baseline.json entry 2"),
        (Side.CANDIDATE, "ListUsers", "candidate.json entry 2"),
    ]
    assert len(found.pairs) == 1
    assert found.verdict.rank >= Verdict.INCONCLUSIVE.rank


def test_an_endpoint_that_v1_lacks_is_paired_by_its_path(tmp_path: Path) -> None:
    """The candidate's call of an endpoint that only v1beta1 has is its counterpart."""
    path = "organizations/o/alerts"
    old = _har(("GET", f"platform/v1beta1/{path}", 200, {}))
    found = _compared(tmp_path, old, _har(("GET", f"v1/{path}", 404, {})))
    assert (found.pairs[0].operation, found.verdict, found.exit_code) == (
        "ListAlerts",
        Verdict.UNSUPPORTED,
        1,
    )


def test_ids_of_what_was_made_correspond_in_later_pairs(tmp_path: Path) -> None:
    """A list that shows what each side made is not missing what the other side made."""

    def calls(base: str, id_: str) -> Json:
        return _har(
            ("POST", f"{base}/{_TEAM}", 200, {"id": id_, "name": "a"}),
            ("GET", f"{base}/{_TEAM}", 200, {"teams": [{"id": id_, "name": "a"}, {"id": "x", "name": "b"}]}),
        )

    found = _compared(tmp_path, calls("iam/v1beta1", CUID), calls("v1", OTHER_CUID))
    assert not {"list-elements-missing", "value-changed"} & set(_rules(found))


def test_a_body_that_was_not_kept_is_not_compared(tmp_path: Path) -> None:
    """A HAR without the body proves nothing about it; the status still counts."""
    old = json.loads(json.dumps(_har(("GET", f"iam/v1beta1/{_USER}", 200, {"a": 1}))))
    new = json.loads(json.dumps(_har(("GET", f"v1/{_USER}", 200, {}))))
    new["log"]["entries"][0]["response"]["content"] = {"size": 9, "mimeType": "application/json"}
    found = _compared(tmp_path, old, new)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [each.rule for each in found.pairs[0].findings if each.inconclusive] == ["comparison-incomplete"]


@pytest.mark.parametrize(("old", "new"), [("v1", "iam/v1beta1"), ("v1", "v1"), ("platform/v1beta1",) * 2])
def test_files_of_the_wrong_side_are_refused(tmp_path: Path, old: str, new: str) -> None:
    """Whoever names them the other way round would read that v1 renames `scope` to `type`."""
    problems = _problems(tmp_path, *(_har(("GET", f"{base}/{_USER}", 200, {})) for base in (old, new)))
    where = "Name the file of v1beta1 first and that of v1 second."
    expected = {
        "v1": f"baseline.json entry 1: this is a call of v1, in the place of what v1beta1 answered. {where}",
        "iam/v1beta1": (
            f"candidate.json entry 1: this is a call of v1beta1, in the place of what v1 answered. {where}"
        ),
    }
    expected["platform/v1beta1"] = expected["iam/v1beta1"]
    assert problems == list(
        dict.fromkeys([*([expected[old]] if old == "v1" else []), *([expected[new]] if new != "v1" else [])])
    )


def test_only_swapped_documents_are_refused(tmp_path: Path) -> None:
    """One request may be written down for both; each other's is a mistake."""
    old, new = (answer({}, request=sent("GET", api, "/users")) for api in (IAM, V1))
    assert len(_problems(tmp_path, new, old)) == 2
    assert _compared(tmp_path, old, old).verdict is Verdict.MATCH


def test_a_file_with_calls_of_both_versions_is_no_mistake(tmp_path: Path) -> None:
    """A browser may have used both; what has no counterpart is told."""
    both = _har(("GET", f"iam/v1beta1/{_USER}", 200, {}), ("GET", "v1/x", 200, {}))
    assert len(_compared(tmp_path, both, _har(("GET", f"v1/{_USER}", 200, {}))).pairs) == 1


@pytest.mark.parametrize(("host", "sandbox"), [("127.0.0.1:8765", True), ("h", False)])
def test_it_says_whether_the_sandbox_answered(tmp_path: Path, host: str, *, sandbox: bool) -> None:
    """What this machine answered proves nothing about the vendor's service, whatever the file says."""
    old, new = (
        json.loads(
            json.dumps(_har(("GET", f"{base}/{_USER}", 200, {}))).replace("https://h/", f"http://{host}/")
        )
        for base in ("iam/v1beta1", "v1")
    )
    assert _compared(tmp_path, old, new).sandbox is sandbox


def test_shipped_cassettes_say_that_they_are_the_sandboxs() -> None:
    """Their provenance says so."""
    directory = Path(__file__).parents[1] / "cassettes" / "tokens" / "list"
    files = {side: directory / f"{side.value}.yaml" for side in Side}
    assert compare_files(files, judge(), Redactor(), today=_TODAY).sandbox


def test_a_document_and_a_har_are_paired(tmp_path: Path) -> None:
    """Files of two kinds are compared as many exchanges."""
    body = answers("ListUsers")[0]
    baseline = answer(body, request=sent("GET", IAM, "/users"))
    candidate = _har(("GET", "v1/organizations/clorg00000000000000000000/users", 200, body))
    found = _compared(tmp_path, baseline, candidate)
    assert (found.single, found.verdict, len(found.pairs)) == (False, Verdict.MATCH, 1)


@pytest.mark.parametrize("asked", [True, False])
def test_ids_of_unknown_requests_are_two_values(*, asked: bool, tmp_path: Path) -> None:
    """Where no request says that both were asked for one token, its other id is no change of identity."""
    documents: list[Document] = []
    for number, (api, id_) in enumerate(((IAM, CUID), (V1, OTHER_CUID))):
        body: Json = {**answers("GetApiToken")[number], "id": id_}
        known: Document = {"request": sent("GET", api, "/tokens/t")} if asked else {}
        documents.append({"operation": "GetApiToken", **known, **answer(body)})

    rules = _rules(_compared(tmp_path, *documents))

    assert ("resource-identity-changed" in rules) is asked
    assert ("value-changed" in rules) is not asked
