"""Exchanges as JSON documents."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from harness.document import read_document
from harness.intake.checker import Checker
from harness.intake.documents import read_exchange
from harness.report.exchanges import pair_documents, plain_name
from harness.result import RunResult, Source
from harness.struct import replace
from tests.report.builders import (
    failing_run,
    hostile_run,
    lens_run,
    provenance,
    run,
    sandbox_run,
    scenario,
    step,
)


def test_a_pair_is_a_document() -> None:
    """What was found stands beside what was asked and answered."""
    (path, text), *_ = pair_documents(sandbox_run())
    document = json.loads(text)

    assert path == "exchanges/001-alerts-list/001-alerts.json"
    assert (document["scenario"], document["operation"]) == ("alerts/list", "ListAlerts")
    assert [found["rule"] for found in document["findings"]] == ["endpoint-removed"]
    assert document["candidate"]["response"]["status"] == 404
    assert document["candidate"]["response"]["body"]["message"] == "not found"


def test_a_document_alone_says_where_its_evidence_came_from() -> None:
    """It is passed on without the report, and the sandbox's answers prove nothing."""
    made = run(*(scenario(step(), provenance=each) for each in (provenance(Source.SANDBOX), None)))

    assert [json.loads(text)["evidence"] for _, text in pair_documents(made)] == ["sandbox", ""]


@pytest.mark.parametrize("made", [failing_run(), lens_run(), sandbox_run()])
def test_each_side_is_an_exchange_document(made: RunResult) -> None:
    """`harness compare` reads it as it is."""
    for _, text in pair_documents(made):
        for side in ("baseline", "candidate"):
            alone = json.dumps(json.loads(text)[side])
            checker = Checker("x.json", partial(read_document, alone, "x.json"))
            assert read_exchange(json.loads(alone), checker, ()) is not None
            assert checker.problems == []


def test_a_step_that_called_nothing_has_none() -> None:
    """Its reason stands in the report."""
    idle = step(baseline=None, candidate=None)

    assert list(pair_documents(run(scenario(idle)))) == []
    assert len(list(pair_documents(run(scenario(idle, step(), step(candidate=None)))))) == 2


def test_paths_are_harmless_and_differ() -> None:
    """No name from a scenario or a response leaves the directory, and none hides another."""
    made = hostile_run({str(number): "../../etc/" * 3 for number in range(3)})
    up = replace(made, scenarios=(*made.scenarios, *made.scenarios))
    paths = [path for path, _ in pair_documents(up)]

    assert len(set(paths)) == len(paths) == 12
    assert all(re.fullmatch(r"exchanges/\d{3}-[\w.-]+/\d{3}-[\w.-]+\.json", path) for path in paths)
    assert not any(".." in path.split("/") for path in paths)


@pytest.mark.parametrize(
    ("text", "name"),
    [("PLAT-412", "PLAT-412"), ("../x", "x"), ("", "x"), ("#12", "12"), ("é/é", "x"), ("a" * 99, "a" * 60)],
)
def test_a_name_in_a_path(text: str, name: str) -> None:
    """Only plain letters, and never empty or hidden."""
    assert plain_name(text) == name
