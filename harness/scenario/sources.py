"""The data of scenario files as it was written, with the line of everything: what the checks look at."""

from __future__ import annotations

from pathlib import Path

from harness.document import Document, NodePath
from harness.exchange import Json
from harness.scenario.model import SharedFile
from harness.struct import Struct


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """One file: its data with lines, and its model where the data fits it.

    ``path`` is absolute, ``shown`` is the file's name in messages.
    """

    path: Path
    shown: str
    document: Document
    model: SharedFile | None

    def where(self, place: NodePath) -> str:
        """Return ``file:line`` of a node, or of the nearest one above it that exists."""
        return f"{self.shown}:{self.document.line(place)}"


class StepSource(Struct, frozen=True, kw_only=True, eq=False):
    """A step as it was written: ``place`` leads to it in its file."""

    source: Source
    place: NodePath
    raw: Json

    def where(self, *below: str | int) -> str:
        """Return ``file:line`` of a node of the step."""
        return self.source.where((*self.place, *below))


def mapping(value: Json) -> dict[str, Json]:
    """Return the value if it is a mapping, else an empty one: the model complains of it."""
    return value if isinstance(value, dict) else {}


def listing(value: Json) -> list[Json]:
    """Return the value if it is a list, else an empty one: the model complains of it."""
    return value if isinstance(value, list) else []


def line(where: str) -> str:
    """Return the line of ``file:line``."""
    return where.rpartition(":")[2]
