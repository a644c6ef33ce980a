"""run.json: documented, versioned, strict, and the same as the result."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from harness.readiness import assess
from harness.report import run_json
from harness.report.run_json import render_json
from harness.result import RunResult
from tests.report.builders import contracts, failing_run, hostile_run, sandbox_run


def _document(run: RunResult) -> dict[str, Any]:
    document = json.loads(render_json(run, assess(run, contracts=contracts())))
    assert isinstance(document, dict)
    return document


def test_it_holds_the_run_and_the_assessment() -> None:
    """Programs read the verdict without knowing the harness."""
    document = _document(failing_run())
    assert (document["format"], document["planned"], document["finished"]) == (1, 6, "")
    assert document["unfinished"] == ["workspaces/life"]
    assert document["assessment"]["readiness"] == "NO-GO"
    assert [check["check"] for check in document["assessment"]["checks"]] == [
        "responses",
        "auth",
        "errors",
        "behaviour",
    ]
    assert [scenario["id"] for scenario in document["scenarios"]] == [
        scenario.id for scenario in failing_run().scenarios
    ]


def test_every_key_is_documented_and_every_documented_key_is_there() -> None:
    """The table in the docstring is the file's documentation."""
    document = _document(sandbox_run())
    table = (run_json.__doc__ or "").split("=\n")[2]
    cells = re.findall(r"^(\S.{21})", table, re.MULTILINE)
    documented = set(re.findall(r"[a-z]+(?:\.[a-z]+)?", " ".join(cells)))
    there = set(document) - {"assessment"} | {f"assessment.{key}" for key in document["assessment"]}
    assert documented == there


def test_every_key_of_a_cause_is_documented() -> None:
    """The second table names each of them, and each stands in the file."""
    cause = _document(failing_run())["causes"][0]
    table = (run_json.__doc__ or "").split("A cause is")[1]

    for key in cause:
        assert re.search(rf"\b{key}\b", table), key
    assert set(cause["samples"]) == {"seen", "samples"}
    assert cause["places"] == [
        {"scenario": "alerts/list", "where": "scenarios/alerts/list.yaml:6", "operation": "ListAlerts"}
    ]


@pytest.mark.parametrize("run", [sandbox_run(), hostile_run()], ids=["sandbox", "hostile"])
def test_it_is_text_in_lines_with_a_line_feed_at_the_end(run: RunResult) -> None:
    """It can be read by people and compared by tools."""
    text = render_json(run, assess(run, contracts=contracts()))
    assert text.endswith("}\n")
    assert text.startswith('{\n  "format": 1,\n')
