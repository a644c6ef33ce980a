"""``harness check-secrets``: which secrets are in files, as text, JSON and annotations of GitHub Actions.

JSON: ``{"files", "leaks"}``; ``leaks`` are :class:`harness.leaks.Leak`. No rendering has the secret itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.leaks import Leak
from harness.report.codec import encode, format_json
from harness.report.words import count, visible
from harness.report.workflow_commands import printed, workflow_command


def leaks_text(leaks: Sequence[Leak], files: int) -> str:
    """Write a line for each secret, and how many there are."""
    return printed([*map(str, leaks), _total(leaks, files)])


def leaks_json(leaks: Sequence[Leak], files: int) -> str:
    """Write it for programs; see the module for its keys."""
    return format_json(encode({"files": files, "leaks": leaks}, ()))


def leaks_annotations(leaks: Sequence[Leak], files: int) -> str:
    """Write it as commands that GitHub Actions shows at the lines."""
    lines = [
        workflow_command(
            "error",
            {"file": leak.path, **({"line": leak.line} if leak.line else {}), "title": "A secret in a file"},
            f"{f'{leak.place}: ' if leak.place else ''}{leak.what}",
        )
        for leak in leaks
    ]
    return "".join(f"{line}\n" for line in [*lines, visible(_total(leaks, files))])


def _total(leaks: Sequence[Leak], files: int) -> str:
    if not leaks:
        return f"No secret in {count(files, 'file')}."
    places = count(len({leak.path for leak in leaks}), "file")
    return (
        f"{count(len(leaks), 'secret')} in {places} of {files}: take them out, and make these tokens invalid."
    )
