"""A comparison as text, JSON and Markdown."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.comparison import Comparison, compare_files
from harness.exchange import Json, Side
from harness.redact import Redactor
from harness.report.comparison import comparison_json, comparison_markdown, comparison_text
from harness.report.markdown import LIMIT
from harness.struct import replace
from tests.builders import judge
from tests.proof import IAM, Document, answer, sent

_ACCEPT = """accept:
  - {rule: property-removed, path: $.body.gone, reason: nobody reads it}
  - {rule: value-changed, path: $.body.never, reason: unused}
"""
_OLD: Document = {"gone": "x", "name": "a\x1b[31m", "kept": 1, "text": "one"}
_NEW: Document = {"name": "b|`<b>@x", "kept": "1", "text": "two", "more": True}


@pytest.fixture
def single(tmp_path: Path) -> Comparison:
    """Compare two documents with findings of each severity, one of them accepted."""
    (tmp_path / "accept.yaml").write_text(_ACCEPT, "utf-8")
    return _compared(tmp_path, answer(_OLD), answer(_NEW), accepted=tmp_path / "accept.yaml")


@pytest.fixture
def many(tmp_path: Path) -> Comparison:
    """Compare HARs with one pair and one exchange without a counterpart."""
    entry: Any = {
        "request": {"method": "GET", "url": "https://h/iam/v1beta1/x"},
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": "{}"}},
    }
    throttled: Any = {"request": {**entry["request"], "url": "https://h/v1/x"}, "response": {"status": 429}}
    return _compared(tmp_path, {"log": {"entries": [entry, entry]}}, {"log": {"entries": [throttled]}})


def _compared(directory: Path, baseline: Json, candidate: Json, **options: Any) -> Comparison:
    files = {side: directory / f"{side.value}.json" for side in Side}
    for path, data in zip(files.values(), (baseline, candidate), strict=True):
        path.write_text(json.dumps(data), "utf-8")
    return compare_files(files, judge(), Redactor(), today=date(2026, 11, 23), **options)


def test_json_of_two_documents_is_verdict_and_findings(single: Comparison) -> None:
    """Each finding has its rule, places, values, evidence, words and acceptance."""
    shown = json.loads(comparison_json(single))
    assert list(shown) == ["verdict", "sandbox", "findings"]
    assert shown["verdict"] == "mismatch"
    found = {(each["rule"], each["path"]): each for each in shown["findings"]}
    kept = found["type-changed", "$.body.kept"]
    assert kept == {
        "rule": "type-changed",
        "severity": "breaking",
        "check": "responses",
        "path": "$.body.kept",
        "to": "",
        "baseline": 1,
        "candidate": "1",
        "documented": "no contract",
        "samples": {"seen": 1, "of": 1},
        "explanation": kept["explanation"],
        "consequence": kept["consequence"],
        "remedy": kept["remedy"],
        "fingerprint": kept["fingerprint"],
        "inconclusive": False,
        "accepted": None,
    }
    assert len(kept["fingerprint"]) == 12
    assert found["property-removed", "$.body.gone"]["accepted"]["reason"] == "nobody reads it"
    assert ("acceptance-unused", "$.body.never") in found


def test_json_of_many_exchanges_is_a_list_of_pairs(many: Comparison) -> None:
    """Pairs have their own verdicts and reasons, and nothing without a counterpart is silent."""
    shown = json.loads(comparison_json(many))
    assert list(shown) == ["verdict", "sandbox", "pairs", "unpaired", "findings"]
    assert shown["verdict"] == "inconclusive"
    (pair,) = shown["pairs"]
    assert (pair["operation"], pair["verdict"]) == ("GET /x", "inconclusive")
    assert "rate limit" in pair["reason"]
    assert [finding["rule"] for finding in pair["findings"]] == ["throttled"]
    (alone,) = shown["unpaired"]
    assert (alone["side"], alone["operation"]) == ("baseline", "GET https://h/iam/v1beta1/x")
    assert alone["where"].endswith("baseline.json entry 2")


def test_text_tells_what_matters_in_full(single: Comparison) -> None:
    """Open findings have remedy and acceptance; the others, and what is accepted, have a line each."""
    text = comparison_text(single)
    assert text.startswith(
        "the exchange: mismatch: they differ in ways that nobody accepted\n  v1beta1 (baseline):"
    )
    assert "  BREAKING type-changed at $.body.kept\n" in text
    assert "To accept it, give a reason and write this into a file for --accept:" in text
    assert "BREAKING property-removed at $.body.gone: accepted: nobody reads it" in text
    assert "INFO property-added at $.body.more: V" not in text.replace("V1", "")
    assert "The acceptance of value-changed at $.body.never matches nothing any more." in text
    assert "\x1b" not in text


def test_text_of_many_exchanges_ends_with_the_sum(many: Comparison) -> None:
    """Each pair has a line, each lone exchange too, and the last line is the joint verdict."""
    text = comparison_text(many)
    assert "GET /x: inconclusive: v1beta1 answered 200, v1 429" in text
    assert "GET https://h/iam/v1beta1/x: inconclusive: the other side has no counterpart of it" in text
    last = text.splitlines()[-1]
    assert last == "inconclusive: 1 pair: 1 inconclusive, 1 exchange without a counterpart"


def test_markdown_shows_foreign_text_as_text(single: Comparison) -> None:
    """Values and names of a response make no markup and mention nobody."""
    shown = comparison_markdown(single)
    assert shown.startswith("# v1beta1 and v1: mismatch\n")
    assert "\n- v1beta1 (baseline): " in shown
    assert "- **breaking** `type-changed` at " in shown
    assert "Accepted: nobody reads it" in shown
    assert "**What to do:**" in shown
    outside = re.sub(r"`[^`]*`", "", shown)
    assert "<b>" not in outside
    assert "@x" not in outside
    assert "\x1b" not in shown


def test_markdown_of_many_exchanges_names_the_lone_ones(many: Comparison) -> None:
    """The sum stands first, the exchanges without a counterpart last."""
    shown = comparison_markdown(many)
    assert "1 pair: 1 inconclusive, 1 exchange without a counterpart" in shown
    assert "has no counterpart of it" in shown.splitlines()[-1]


def test_markdown_stays_within_what_trackers_take(single: Comparison) -> None:
    """What does not fit is counted."""
    long = replace(single, pairs=single.pairs * 400, single=False)
    shown = comparison_markdown(long)
    assert len(shown) <= LIMIT
    assert "more: left out here; `--format json` has them.*" in shown


def test_the_sandbox_is_named_wherever_its_answers_are_shown(single: Comparison) -> None:
    """First, before anything that could be taken for a proof; and not where others answered."""
    boxed = replace(single, sandbox=True)
    said = "Exchanges come from the sandbox: they prove nothing about the vendor's service."
    assert comparison_text(boxed) == f"{said}\n\n{comparison_text(single)}"
    assert comparison_markdown(boxed).splitlines()[2] == f"> **{said}**"
    assert json.loads(comparison_json(boxed))["sandbox"] is True
    assert said not in comparison_text(single) + comparison_markdown(single)
    assert json.loads(comparison_json(single))["sandbox"] is False


def test_operations_are_named(tmp_path: Path) -> None:
    """A pair that matches is one line and its two calls."""
    pair = answer(status=204, request=sent("DELETE", IAM, "/teams/t")), answer(status=204)
    lines = comparison_text(_compared(tmp_path, *pair)).splitlines()
    assert lines[0] == "DeleteTeam: match: both sides answered alike in all that matters"
    assert len(lines) == 3
