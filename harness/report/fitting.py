"""Reports within a limit: cut between their blocks, never within one, and what is left out is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.report.words import count
from harness.struct import Struct


class Section(Struct, frozen=True, kw_only=True):
    """A part of a report that may be cut between its blocks.

    ``share`` is how many characters it keeps for itself however long the sections before it are. ``heading``
    begins the title, ``emphasis`` stands around the sentence of what is missing, as the markup has them.
    """

    title: str
    blocks: tuple[str, ...]
    share: int
    noun: str
    intro: str = ""
    joint: str = "\n\n"
    heading: str = "## "
    emphasis: str = "*"

    @property
    def size(self) -> int:
        """Characters of the whole section."""
        return self.overhead + sum(len(block) + len(self.joint) for block in self.blocks)

    @property
    def overhead(self) -> int:
        """Characters of what is there in any case: title, introduction, the sentence of what is missing."""
        return len(self.title) + len(self.intro) + 250

    def fit(self, room: int, said: str) -> str:
        """Write as many blocks as there is room for, from the first on; ``said`` says where others are."""
        room -= self.overhead
        kept: list[str] = []
        for block in self.blocks:
            room -= len(block) + len(self.joint)
            if room < 0:
                break
            kept.append(block)
        parts = [f"{self.heading}{self.title}"]
        if self.intro and self.joint == "\n":
            parts.append("\n".join([self.intro, *kept]))
        else:
            parts += [self.intro] if self.intro else []
            parts += [self.joint.join(kept)] if kept else []
        if left := len(self.blocks) - len(kept):
            parts.append(f"{self.emphasis}{count(left, self.noun)} more: {said}.{self.emphasis}")
        return "\n\n".join(parts)


def fitted_sections(
    sections: Sequence[Section], room: int, said: str, *, share: float = 1.0
) -> Iterator[str]:
    """Give each section its share, and what is left to the first that want more.

    ``room`` is in characters. ``share`` is the part of its share that a section gets in a shorter report.
    """
    given = [min(section.size, int(section.share * share)) for section in sections]
    if sum(given) > room:
        given = [least * max(room, 0) // sum(given) for least in given]
    spare = room - sum(given)
    for section, least in zip(sections, given, strict=True):
        more = max(min(section.size - least, spare), 0)
        spare -= more
        yield section.fit(least + more, said)


def fitted(render: Callable[[int], str], most: int, *, size: Callable[[str], int], least: int) -> str:
    """Render within a size that is not counted in characters: in bytes, or in units of UTF-16.

    ``render`` takes a limit in characters; it is lowered until the text fits, but not below ``least``.
    """
    limit = most
    text = render(limit)
    while (taken := size(text)) > most and limit > least:
        limit = max(least, min(limit * most // taken, limit - 1))
        text = render(limit)
    return text
