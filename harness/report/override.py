"""What a step may send to v1 only, as YAML to paste: the ``candidate:`` of a request that v1 refuses."""

from __future__ import annotations

from typing import Final

from harness.difference import segments
from harness.exchange import BodyKind, Json
from harness.report.words import visible
from harness.result import Evidence, Finding
from harness.yaml_text import block

LONGEST: Final = 4_000
"""Characters of a body that is offered; who wrote a longer one has it at hand."""

_HEAD = "candidate:  # what v1 takes in place of what the step sends"


def override_yaml(finding: Finding, sent: Evidence | None) -> str:
    """Write the override of what v1 does not take; empty where the finding is not about the request.

    ``sent`` is v1's side of the step. A query parameter is left out; a body is written as it was sent,
    because an override replaces it as a whole, and the place to change is named.
    """
    try:
        parts = segments(finding.difference.path)
    except ValueError:
        return ""
    if sent is None or len(parts) < 2 or parts[0] != "request":
        return ""
    if parts[1] == "query" and len(parts) == 3:
        query: Json = {parts[2]: None}
        lines = [*block("query", query, 2)]
        lines[-1] += "  # null leaves it out; or write the value that v1 takes"
        return "\n".join([_HEAD, *lines])
    body = sent.request_body
    if parts[1] != "body" or body.kind is not BodyKind.JSON:
        return ""
    try:
        lines = [*block("body", body.data, 2)]
    except RecursionError:
        return ""
    place = visible(finding.difference.path)
    note = f"  # as it was sent; change {place} to what v1 takes, and write ids as the step does"
    text = "\n".join([_HEAD, note, *lines])
    return text if len(text) <= LONGEST else ""
