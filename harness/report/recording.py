"""``harness record``: what was kept, and what was not."""

from __future__ import annotations

from pathlib import Path

from harness.recorder import Kept
from harness.report.words import count, visible


def recording_text(kept: Kept, directory: Path) -> str:
    """Write it for a terminal; ``directory`` is where the cassettes are."""
    lines = [f"{path}: {count(number, 'exchange')}" for path, number in kept.cassettes.items()]
    if not kept.cassettes:
        lines.append(f"{directory}: nothing was kept.")
    if kept.ignored:
        lines.append(f"Not kept: {count(kept.ignored, 'exchange')} with other hosts, ignored, or left out.")
    lines += [f"In flight when it was killed: {each.method} {each.url}" for each in kept.flying]
    if kept.lost:
        lines.append(f"Lost: {count(kept.lost, 'exchange')} that could not be kept.")
    if kept.damaged:
        lines.append(f"Damaged: {count(kept.damaged, 'line')} of the journal, which is still there.")
    if kept.cassettes:
        lines.append(
            f"Next: `harness inspect {directory}`, or `harness draft {directory} -o scenarios/recorded`."
        )
    return "".join(f"{visible(line)}\n" for line in lines)
