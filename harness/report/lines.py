"""Where in a repository something stands: files are named from its root, as CI services name them."""

from __future__ import annotations

from harness.report.words import visible


def file_and_line(where: str, below: str = "") -> tuple[str, int]:
    """Return the file and the line of ``file:line``; the first line where none is named.

    ``below`` is the project's directory in its repository, empty for its root.
    """
    path, _, line = where.rpartition(":")
    if not path or not line.isdecimal():
        path, line = where, "1"
    path = visible(path.replace("\\", "/"))
    return f"{below}/{path}" if below else path, max(int(line), 1)
