"""The scenarios of a project that a run leaves out: deselected, or in files that pytest was not asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path


def scenario_files(
    roots: Iterable[Path], read: Collection[Path], never: Sequence[str], is_scenario: Callable[[Path], bool]
) -> Iterator[tuple[Path, Path]]:
    """Yield each scenario file that was not read, and the directory of scenarios that it is in.

    What is no file, such as a link that leads nowhere, is none, as it is for pytest.
    ``never`` are patterns of the names of directories in which pytest looks for nothing.
    """
    from harness.scenario.reading import SUFFIXES

    # By their names: most files were read, and a path of each takes long to make.
    known = {os.fspath(path) for path in read}
    for root in roots:
        for name, below, files in os.walk(root):
            below[:] = sorted(each for each in below if not any(fnmatch(each, one) for one in never))
            ways = (f"{name}{os.sep}{each}" for each in sorted(files) if each.endswith(SUFFIXES))
            paths = (Path(way) for way in ways if way not in known)
            unread = (path for path in paths if path not in read and path.is_file())
            yield from ((path, root) for path in unread if is_scenario(path))
