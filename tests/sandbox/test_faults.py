"""Tests of faults: how they are written, whom they meet, what they make of an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from harness.errors import UsageError
from harness.sandbox.answers import Answer
from harness.sandbox.clock import Chance
from harness.sandbox.faults import (
    KINDS,
    Fault,
    Struck,
    Wire,
    parse_fault,
    parse_kind,
    seconds,
    stands_in,
    striking,
    struck,
)
from harness.sandbox.switches import packaged
from harness.struct import replace

NOW = datetime(2026, 9, 1, tzinfo=UTC)
GOOD = Answer(status=200, headers={"content-type": "application/json"}, data={"a": 1}, delay=0.5)


def _struck(*faults: str) -> Struck:
    """Return what faults make of a good answer."""
    met = striking([_fault(f"*:*:{fault}") for fault in faults], ("v1", "ListUsers"), Chance(0))
    return struck(met, GOOD, NOW)


def _fault(text: str) -> Fault:
    return parse_fault(text, packaged())


def test_a_fault_is_read() -> None:
    """A fault has a version, an operation, a kind with its value, and a rate of 1 unless told otherwise."""
    assert _fault("v1:ListUsers:503:0.5") == Fault(version="v1", operation="ListUsers", kind="503", rate=0.5)
    assert _fault("*:*:latency=150ms") == Fault(
        version="*", operation="*", kind="latency", value="150ms", rate=1.0
    )
    assert _fault("labs/v1:LabsListAlerts:429=date").value == "date"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("503", "--fault: `503` is no fault. Write VERSION:OPERATION:KIND[:RATE]."),
        ("v2:*:503", "--fault: there is no API version `v2`. Use v1beta1, v1, labs/v1 or *."),
        ("v1:ListAlerts:503", "--fault: v1 has no operation `ListAlerts`. "),
        ("*:NoSuch:503", "--fault: * has no operation `NoSuch`. "),
        ("v1:*:418", "--fault: there is no kind of fault `418`. Use one of latency, 429, "),
        ("v1:*:503=1", "--fault: `503=1` is not of the form 503. "),
        ("v1:*:latency", "--fault: `latency` is not of the form latency=DURATION. "),
        ("v1:*:latency=3600s", "--fault: `latency=3600s` is not of the form "),
        ("v1:*:429=soon", "--fault: `429=soon` is not of the form 429=[SECONDS|date]. "),
        ("v1:*:html=200", "--fault: `html=200` is not of the form html=[STATUS]. "),
        ("v1:*:noise=a", "--fault: `noise=a` is not of the form noise=PLACE. "),
        ("v1:*:hidden=$", "--fault: `hidden=$` is not of the form hidden=PLACE. "),
        ("v1:*:hidden=$.teams[*]", "--fault: `hidden=$.teams[*]` is not of the form "),
        ("v1:*:503:2", "--fault: `2` is no rate. Use a number from 0 to 1."),
        ("v1:*:503:often", "--fault: `often` is no rate. "),
        ("v1:*:503:nan", "--fault: `nan` is no rate. "),
    ],
)
def test_a_wrong_fault_is_said(text: str, message: str) -> None:
    """What is no fault is a usage error that says what is wrong and what to write."""
    with pytest.raises(UsageError) as caught:
        _fault(text)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "length"), [("150ms", 0.15), ("2s", 2), ("1.5s", 1.5), ("31s", None), ("2", None)]
)
def test_a_duration_has_a_unit_and_an_end(text: str, length: float | None) -> None:
    """A duration is in ms or s and 30 seconds at most."""
    assert seconds(text) == length


def test_a_fault_is_for_its_version_and_operation() -> None:
    """A star stands for every version and operation, unknown paths included."""
    assert _fault("v1:ListUsers:503").is_for("v1", "ListUsers")
    assert not _fault("v1:ListUsers:503").is_for("v1beta1", "ListUsers")
    assert not _fault("v1:ListUsers:503").is_for("v1", "GetUser")
    assert _fault("*:*:503").is_for("labs/v1", "")


def test_a_rate_is_kept_and_repeats() -> None:
    """Of many calls a rate's share is met, the same ones for the same seed, and others for another."""
    fault = _fault("v1:*:503:0.3")
    runs = [
        [fault.strikes(chance, "v1", "ListUsers") for _ in range(1000)]
        for chance in (Chance(1), Chance(1), Chance(2))
    ]

    assert 250 < sum(runs[0]) < 350
    assert runs[0] == runs[1] != runs[2]
    assert not any(_fault("v1:*:503:0").strikes(Chance(n), "v1", "x") for n in range(50))


@pytest.mark.parametrize(
    ("kind", "status", "media", "wire"),
    [
        ("latency=1s", 200, "application/json", Wire.WHOLE),
        ("429", 429, "application/json", Wire.WHOLE),
        ("500", 500, "application/json", Wire.WHOLE),
        ("502", 502, "application/json", Wire.WHOLE),
        ("503", 503, "application/json", Wire.WHOLE),
        ("504", 504, "application/json", Wire.WHOLE),
        ("reset", 200, "application/json", Wire.RESET),
        ("truncated", 200, "application/json", Wire.TRUNCATED),
        ("content-type", 200, "text/plain", Wire.WHOLE),
        ("html", 502, "text/html", Wire.WHOLE),
        ("html=503", 503, "text/html", Wire.WHOLE),
        ("slow=2s", 200, "application/json", Wire.SLOW),
        ("large", 200, "application/json", Wire.LARGE),
        ("endless", 200, "application/json", Wire.ENDLESS),
    ],
)
def test_each_kind_does_what_it_says(kind: str, status: int, media: str, wire: Wire) -> None:
    """A fault changes status, type or the way an answer is sent, and keeps a delay that it has."""
    result = _struck(kind)

    assert (result.answer.status, result.answer.headers["content-type"], result.wire) == (status, media, wire)
    assert result.answer.delay == (1.5 if kind == "latency=1s" else 0.5)
    assert result.seconds == (2 if kind == "slow=2s" else 0)


@pytest.mark.parametrize(
    ("kind", "header"), [("429", None), ("429=7", "7"), ("429=date", "Tue, 01 Sep 2026 00:00:02 GMT")]
)
def test_a_429_says_when_to_come_back_if_it_is_asked_to(kind: str, header: str | None) -> None:
    """Retry-After is absent, a number of seconds or a date."""
    result = _struck(kind)

    assert result.answer.headers.get("retry-after") == header
    assert result.answer.data["statusCode"] == 429


def test_latencies_add_up_and_one_other_fault_strikes() -> None:
    """Of several faults every latency holds, and the first of the others that strikes."""
    result = _struck("latency=1s", "503", "reset", "latency=2s")

    assert (result.answer.status, result.answer.delay, result.wire) == (503, 3.5, Wire.WHOLE)


def test_every_kind_is_explained() -> None:
    """Each kind says what it does, and takes the form of value that it says."""
    for name, kind in KINDS.items():
        values = {"": "", "DURATION": "=1s", "[SECONDS|date]": "=3", "[STATUS]": "=503", "PLACE": "=$.a"}
        value = values[kind.form]
        assert kind.says
        assert parse_kind(f"{name}{value}", "--fault") == (name, value[1:])


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_answers_for_the_service_is_known(kind: str) -> None:
    """Limits, errors and gateways answer in the service's place; what damages an answer does not."""
    assert stands_in([Fault(version="*", operation="*", kind=kind)]) == (kind.isdigit() or kind == "html")


TEAMS = {"teams": [{"name": "a", "size": 1, "odd": True}, {"name": "b", "size": 2}], "totalCount": 2}


def _noisy(fault: str, calls: int = 4, data: Any = None, status: int = 200) -> list[Any]:
    """Return the bodies of so many calls that meet a fault, or not, as chance has it."""
    chance = Chance(0)
    answer = replace(GOOD, data=data or TEAMS, status=status)
    bodies = []
    for _ in range(calls):
        met = striking([_fault(f"*:*:{fault}")], ("v1", "ListTeams"), chance)
        bodies.append(struck(met, answer, NOW).answer.data)
    return bodies


def test_noise_gives_another_value_in_each_call() -> None:
    """Texts and numbers at the place differ from call to call, keep their type, and nothing else changes."""
    names = [body["teams"][1]["name"] for body in _noisy("noise=$.teams[*].name")]
    totals = [body["totalCount"] for body in _noisy("noise=$.totalCount")]

    assert len({*names}) == len({*totals}) == 4
    assert all(isinstance(total, int) for total in totals)
    assert all(body["teams"] == TEAMS["teams"] for body in _noisy("noise=$.totalCount"))
    assert _noisy("noise=$.totalCount") == _noisy("noise=$.totalCount")


def test_a_hidden_property_comes_and_goes() -> None:
    """With a rate, the property is there in some calls and not in others; without one, in none."""
    there = ["size" in body["teams"][0] for body in _noisy("hidden=$.teams[*].size:0.5", calls=20)]

    assert {*there} == {True, False}
    assert not any("totalCount" in body for body in _noisy("hidden=$.totalCount"))
    assert TEAMS["totalCount"] == 2


@pytest.mark.parametrize("fault", ["noise=$.nowhere.name", "noise=$.totalCount[*].a", "noise=$.teams[*].odd"])
def test_noise_of_what_is_not_there_changes_nothing(fault: str) -> None:
    """A place that an answer lacks, or that holds neither text nor number, is left alone."""
    assert _noisy(fault, calls=1) == [TEAMS]


def test_errors_have_no_noise() -> None:
    """A refusal is answered as it is."""
    assert _noisy("noise=$.message", 1, {"message": "no"}, 404) == [{"message": "no"}]
