"""Where scenarios lie: which files are the project's own, and none that the harness writes."""

from __future__ import annotations

import os
from pathlib import Path

from harness.links import without_links
from harness.settings import Settings


class Places:
    """The directories of a project, without links; a file is looked up once, with its whole directory."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings that name them."""
        self._written = settings.cassettes.resolve(), settings.reports.resolve()
        self._scenarios = {root.resolve(): root for root in settings.scenarios}
        self._roots: dict[Path, Path | None] = {}
        self._known: dict[str, Path | None] = {}

    def root(self, path: Path) -> Path | None:
        """Return the directory of scenarios that a file is in, as the settings name it; None for any other.

        Links are followed on both sides.
        """
        way = os.fspath(path)
        if way not in self._known:
            self._known[way] = self._looked_up(path)
        return self._known[way]

    def _looked_up(self, path: Path) -> Path | None:
        place = without_links(path)
        if place in self._scenarios:
            return self._root_of(place)
        # Files of one directory are in the same one, unless a file itself is named in the settings.
        directory = place.parent
        if directory not in self._roots:
            self._roots[directory] = self._root_of(directory)
        return self._roots[directory]

    def _root_of(self, place: Path) -> Path | None:
        written = any(place.is_relative_to(directory) for directory in self._written)
        found = (root for directory, root in self._scenarios.items() if place.is_relative_to(directory))
        return None if written else next(found, None)
