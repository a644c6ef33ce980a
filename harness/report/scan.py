"""``harness scan``: what a source tree calls of v1beta1, as text, JSON and annotations of GitHub Actions.

JSON: ``{"files", "skipped", "found"}``; ``found`` are :class:`harness.scan.Found`, by file and line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.report.codec import encode, format_json
from harness.report.words import clip, count, visible
from harness.report.workflow_commands import workflow_command
from harness.scan import Effort, Found, Kind, Scan

_SAID = {
    Effort.UNSUPPORTED: "not supported by v1",
    Effort.CHANGE: "to be changed",
    Effort.REVIEW: "to be looked at",
    Effort.NONE: "nothing to change here",
}
_LEVELS = {Effort.UNSUPPORTED: "error", Effort.CHANGE: "warning", Effort.REVIEW: "warning"}
_WIDTH = 160


def scan_text(scan: Scan) -> str:
    """Write it for a terminal: a block a file, then what there is of each effort."""
    lines: list[str] = []
    for each in scan.found:
        lines += [visible(line) for line in _block(each)]
    if scan.found:
        lines.append("")
    lines += [visible(f"{path}: not read, {why}") for path, why in scan.skipped.items()]
    lines.append(_total(scan))
    return "\n".join(lines) + "\n"


def scan_json(scan: Scan) -> str:
    """Write it for programs; see the module for its keys."""
    return format_json(encode(scan, ()))


def scan_annotations(scan: Scan) -> str:
    """Write it as commands that GitHub Actions shows at the lines; what needs no change is left out."""
    lines = [
        workflow_command(
            _LEVELS[each.effort],
            {"file": each.path, "line": each.line, "col": each.column, "title": "Astro API v1beta1"},
            " ".join(_sentences(each)),
        )
        for each in scan.found
        if each.effort in _LEVELS
    ]
    lines += [
        workflow_command("notice", {"file": path, "title": "Astro API v1beta1"}, f"This was not read: {why}.")
        for path, why in scan.skipped.items()
    ]
    return "".join(f"{line}\n" for line in [*lines, _total(scan)])


def _block(found: Found) -> Iterator[str]:
    yield f"{found.path}:{found.line}:{found.column}: {_title(found)}"
    yield f"  - {clip(found.text, _WIDTH)}"
    if found.replacement:
        yield f"  + {clip(found.replacement, _WIDTH)}"
    for sentence in found.says:
        yield f"    {sentence}"


def _title(found: Found) -> str:
    if found.kind is Kind.BASE_URL:
        what = "a base URL of v1beta1"
    elif found.kind is Kind.FIELD:
        what = "a field that v1 lacks or calls otherwise"
    else:
        unknown = "not understood" if found.endpoint.endswith("/...") else "no operation of v1beta1"
        names = " or ".join(found.operations) or unknown
        what = f"{found.method or 'a call of'} {found.endpoint} ({names})"
    return f"{what}: {_SAID[found.effort]}"


def _sentences(found: Found) -> Iterator[str]:
    yield f"{_title(found)}."
    if found.replacement:
        yield f"Write: {clip(found.replacement, _WIDTH)}"
    yield from found.says


def _total(scan: Scan) -> str:
    efforts = Counter(each.effort for each in scan.found)
    parts = [f"{efforts[effort]} {_SAID[effort]}" for effort in Effort if efforts[effort]]
    found = ", ".join(parts) or "nothing of v1beta1"
    return f"{count(scan.files, 'file')} read: {found}."
