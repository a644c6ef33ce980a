"""Parts of a Markdown report that are cut, between their blocks, to fit together into one limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.report.words import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report that may be cut between its blocks.

    ``share`` is how many characters it keeps for itself however long the sections before it are.
    """

    title: str
    blocks: tuple[str, ...]
    share: int
    noun: str
    intro: str = ""
    joint: str = "\n\n"

    @property
    def size(self) -> int:
        """Characters of the whole section."""
        return self.overhead + sum(len(block) + len(self.joint) for block in self.blocks)

    @property
    def overhead(self) -> int:
        """Characters of what is there in any case: title, introduction, the sentence of what is missing."""
        return len(self.title) + len(self.intro) + 250

    def fit(self, room: int, limit: int) -> str:
        """Write as many blocks as there is room for, from the first on; ``limit`` is the whole report's."""
        room -= self.overhead
        kept: list[str] = []
        for block in self.blocks:
            room -= len(block) + len(self.joint)
            if room < 0:
                break
            kept.append(block)
        parts = [f"## {self.title}"]
        if self.intro and self.joint == "\n":
            parts.append("\n".join([self.intro, *kept]))
        else:
            parts += [self.intro] if self.intro else []
            parts += [self.joint.join(kept)] if kept else []
        if left := len(self.blocks) - len(kept):
            parts.append(
                f"*{count(left, self.noun)} more: left out here to stay under {limit:,} characters; "
                "`report.html` and `run.json` have them.*"
            )
        return "\n\n".join(parts)


def fitted(sections: list[Section], room: int, limit: int) -> Iterator[str]:
    """Give each section its share, and what is left to the first that want more."""
    given = [min(section.size, section.share) for section in sections]
    spare = room - sum(given)
    for section, least in zip(sections, given, strict=True):
        more = min(section.size - least, spare)
        spare -= more
        yield section.fit(least + more, limit)
