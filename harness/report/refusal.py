"""What a service says where it refuses a call, in one line."""

from __future__ import annotations

from collections.abc import Iterator

from harness.exchange import Json
from harness.report.words import SIDES, clip, visible
from harness.result import Evidence, StepResult

_LONGEST = 200


def refusal(step: StepResult) -> str:
    """Quote what two sides said that refused a call: ``v1beta1: "entityId is required"``; else nothing.

    What both said is quoted once.
    """
    if not any(finding.rule == "call-refused-on-both" for finding in step.findings):
        return ""
    found = [_quoted(evidence) for evidence in (step.baseline, step.candidate)]
    if found[0] == found[1]:
        return f"Both: {found[0]}" if found[0] else ""
    return "; ".join(f"{name}: {said}" for name, said in zip(SIDES.values(), found, strict=True) if said)


def _quoted(evidence: Evidence | None) -> str:
    texts = [*_texts(evidence.body.data)] if evidence else []
    return f'"{clip(visible(": ".join(texts)), _LONGEST)}"' if texts else ""


def _texts(body: Json) -> Iterator[str]:
    """Yield the message of an error's body, then those of its fields."""
    if not isinstance(body, dict):
        return
    message, fields = body.get("message"), body.get("fieldErrors")
    if isinstance(message, str) and message:
        yield message
    listed = fields if isinstance(fields, list) else []
    named = [each.get("message") for each in listed if isinstance(each, dict)]
    if told := ", ".join(each for each in named if isinstance(each, str)):
        yield told
