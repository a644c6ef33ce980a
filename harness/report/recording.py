"""``harness record``: what was kept, and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.errors import Problem
from harness.recorder import WORK, Job, Kept
from harness.report.words import count
from harness.report.workflow_commands import printed

_MOST_WITHHELD: Final = 20
"""Sentences of the kind: a service that packs every answer alike needs no more."""

_MOST_DAMAGED: Final = 20
"""Lines of a journal: a disk that went bad may have taken most of it."""


def recording_text(kept: Kept, directory: Path) -> str:
    """Write it for a terminal; ``directory`` is where the cassettes are."""
    lines = [f"{path}: {count(number, 'exchange')}" for path, number in kept.cassettes.items()]
    if not kept.cassettes:
        lines.append(f"{directory}: nothing was kept.")
    if kept.ignored:
        lines.append(f"Not kept: {count(kept.ignored, 'exchange')} with other hosts, ignored, or left out.")
    lines += [f"In flight when it ended: {each.method} {each.url}" for each in kept.flying]
    lines += [f"Withheld: {each}" for each in kept.withheld[:_MOST_WITHHELD]]
    if len(kept.withheld) > _MOST_WITHHELD:
        lines.append(f"And something of {len(kept.withheld) - _MOST_WITHHELD} more is withheld.")
    if kept.lost:
        lines.append(f"Lost: {count(kept.lost, 'exchange')} that could not be kept.")
    lines += [f"Damaged: {place}" for place in kept.damaged[:_MOST_DAMAGED]]
    if len(kept.damaged) > _MOST_DAMAGED:
        lines.append(f"And {count(len(kept.damaged) - _MOST_DAMAGED, 'more damaged line')}.")
    if kept.damaged:
        lines.append(
            "What ended in a damaged line is in no cassette: make that call again. "
            f"The journal is still there; remove {directory / WORK} when you do not need it."
        )
    if kept.cassettes:
        lines.append(
            f"Next: `harness inspect {directory}`, or `harness draft {directory} -o scenarios/recorded`."
        )
    return printed(lines)


def unread_text(unread: Sequence[Problem], responses: int, requests: int = 0) -> str:
    """Write which parts of captured files could not be understood, and how many exchanges lack a body."""
    lines = [f"Not understood: {problem}" for problem in unread]
    lines += [
        f"Without the body of the {which}, which the file lacks: {count(number, 'exchange')}."
        for which, number in (("request", requests), ("response", responses))
        if number
    ]
    return printed(lines)


def job_text(kept: Kept, job: Job, directory: Path) -> str:
    """Write it for the terminal of a command that was recorded, after that command's own last word."""
    lines = []
    if not job.reached:
        lines.append(
            "No Python of the command was reached: it runs none, or with -I, -E or -S, or sets PYTHONPATH."
        )
    elif not job.processes:
        lines.append("No process of the command called a host of the project's environments.")
    if job.parts:
        lines.append(
            f"Read in part: {count(job.parts, 'response')}, of which the cassette has what was read."
        )
    if job.running:
        lines.append(
            f"Still running: {job.running} of the command's processes, recorded until the command ended."
        )
    if job.troubles:
        lines.append(
            f"The recorder had trouble in the command, and may lack exchanges: {', '.join(job.troubles)}."
        )
    return printed(lines) + recording_text(kept, directory)
