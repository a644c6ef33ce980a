"""What is told of recorded traffic."""

from __future__ import annotations

import json
import re
from pathlib import Path

from harness.exchange import Json
from harness.report.inspection import inspection_json, inspection_markdown, inspection_text
from tests.test_inspection import IAM, PLATFORM, call, inspected, without_body


def test_text_tells_the_worst_first(tmp_path: Path) -> None:
    """What is unsupported, what breaks, what is fine; with evidence, consequence and remedy."""
    inspection = inspected(
        tmp_path,
        call(f"{IAM}/users", {"users": []}),
        call(f"{IAM}/tokens", {"tokens": [{"type": "WORKSPACE"}]}),
        call(f"{PLATFORM}/o/alerts", {"alerts": []}),
    )
    text = inspection_text(inspection)
    marks = [
        line.split(":")[0]
        for line in text.splitlines()
        if line.split(" ")[0] in {"UNSUPPORTED", "BREAKING", "ok"}
    ]

    assert marks == ["UNSUPPORTED ListAlerts", "BREAKING ListApiTokens", "ok ListUsers"]
    assert (
        "$.body.tokens[*].type is called $.body.tokens[*].scope in v1 (in 1 of 1 recorded samples)." in text
    )
    assert "proves nothing" in text


def test_nothing_that_breaks_is_no_proof(tmp_path: Path) -> None:
    """Contracts do not tell everything."""
    text = inspection_text(inspected(tmp_path, call(f"{IAM}/users", {"users": []})))

    assert "Run them against v1 to prove it." in text


def test_json_has_everything(tmp_path: Path) -> None:
    """Programs get what people get."""
    read = json.loads(
        inspection_json(inspected(tmp_path, call(f"{IAM}/tokens", {"tokens": [{"type": "A"}]})))
    )

    assert read["operations"][0]["met"][0]["finding"]["rule"] == "property-renamed"
    assert read["operations"][0]["statuses"] == {"200": 1}


def test_markdown_is_a_table_that_traffic_cannot_break(tmp_path: Path) -> None:
    """What was called is data: it ends no cell and makes no markup."""
    text = inspection_markdown(
        inspected(
            tmp_path, call(f"{IAM}/tokens", {"tokens": [{"type": "A"}]}), call(f"{IAM}/a|b<script>`", {})
        )
    )
    rows = [line for line in text.splitlines() if line.startswith("| ")]

    assert len(rows) == 3
    assert all(row.replace("\\|", "").count("|") == 5 for row in rows)
    assert "<script>" not in re.sub(r"`[^`]*`", "", text)


def test_a_new_value_is_not_told_as_recorded(tmp_path: Path) -> None:
    """The property was recorded, and that is what is said."""
    answer: Json = {"environmentObjects": [{"objectType": "CONNECTION"}, {"objectType": "AIRFLOW_VARIABLE"}]}
    text = inspection_text(inspected(tmp_path, call(f"{PLATFORM}/o/environment-objects", answer)))

    assert "(the property is in 2 of 2 recorded samples, that value in none)." in text


def test_what_was_not_looked_at_is_not_told_as_fine(tmp_path: Path) -> None:
    """Neither at its line, nor above all of them, nor in a table."""
    found = inspected(tmp_path, without_body(call(f"{IAM}/tokens", {"tokens": []})))
    text, table = inspection_text(found), inspection_markdown(found)

    assert "NOT LOOKED AT ListApiTokens: " in text
    assert "Not looked at, because the recording lacks bodies of calls: ListApiTokens (1 of 1)." in text
    assert "nothing that breaks" not in text + table
    assert "The recording lacks a body in JSON of 1 of 1 call" in table
