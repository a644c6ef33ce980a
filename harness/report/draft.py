"""``harness draft``: what was drafted, what to look at, and what no draft could be made of.

JSON: ``{"drafts": [{"scenario", "calls", "times", "beyond", "review", "unproved"}],
"left": [{"number", "call", "why"}]}``.
"""

from __future__ import annotations

import json
from collections import Counter

from harness.draft import Drafts
from harness.report.words import count
from harness.report.workflow_commands import printed


def draft_text(drafts: Drafts, directory: str) -> str:
    """Write it for a terminal; ``directory`` is where the drafts are."""
    lines: list[str] = []
    for each in drafts.drafts:
        times = f", {each.times:,} times" if each.times > 1 else ""
        lines.append(f"{directory}/{each.name}.yaml: {count(each.calls, 'call')}{times}")
        lines += [f"    not in its cassette, which has the first time: {clause}." for clause in each.beyond]
        lines += [f"    review: {sentence}" for sentence in each.review]
        if each.unproved:
            lines.append(f"    it does not ask what was recorded: {each.unproved}.")
    proved = sum(not each.unproved for each in drafts.drafts)
    lines.append(f"{count(len(drafts.drafts), 'draft')}, {proved} of which ask exactly what was recorded.")
    for (call, why), number in Counter((each.call, each.why) for each in drafts.left).items():
        lines.append(f"Not drafted: {call} ({count(number, 'call')}): {why}.")
    if drafts.drafts:
        lines.append("Next: read them, then `pytest` with `--mode record` to have the v1 side as well.")
    return printed(lines)


def draft_json(drafts: Drafts, directory: str) -> str:
    """Write it for programs; see the module for its keys."""
    document = {
        "drafts": [
            {
                "scenario": f"{directory}/{each.name}.yaml",
                "calls": each.calls,
                "times": each.times,
                "beyond": each.beyond,
                "review": each.review,
                "unproved": each.unproved,
            }
            for each in drafts.drafts
        ],
        "left": [{"number": each.number, "call": each.call, "why": each.why} for each in drafts.left],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
