"""Foreign text within a line of Markdown: it reads as it is, and does nothing.

It cannot end a table cell, start a heading or make a link. Trackers also make links of bare text: of URLs
and addresses, of ``@names``, of ``#123``, ``GH-12`` and ``owner/name#1``, of hashes of commits; and pictures
of ``:words:``. A word with one of these in it is written as code, where trackers do none of it: a backslash
or an entity is gone before they look, and a character that nobody sees would be copied along.

Sources: https://github.github.com/gfm/#autolinks-extension- and "Autolinked references and URLs" at
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from harness.report import words
from harness.report.words import clip, visible

_LONG, _SHORT = 500, 200
"""Characters of one foreign sentence, and of one foreign name; escapes may double them."""

_SPECIAL: Final = re.compile(r"[\\`*\[\]<>|#~&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|!(?=\[)")
_LIST: Final = re.compile(r"^(\d{0,9})(?:(?<!\d)[-+]|(?<=\d)[.)])")
_LINKED: Final = re.compile(
    r"""
    ://|www\.                               # URLs
    |@(?=\S)|(?<=\S)@                       # people, and addresses
    |\#\d|(?<![a-z0-9])gh-\d                # issues
    |(?<![a-z0-9])(?:ghsa-|cve-\d)          # security advisories
    |:[\w+-]*[a-z_+-][\w+-]*:|:(?:100|1234):  # pictures
    |(?<![a-z0-9])(?=[a-f]*\d)[a-f0-9]{7,40}(?![a-z0-9])  # commits
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD: Final = re.compile(r"\S+")
_BEFORE: Final = "([{\"'<"
_BEHIND: Final = ".,;!?)]}\"'>"
_NOT_IN_CODE: Final = re.compile(r"([`|]|\\(?=[\\\s]*(?:[`|]|$)))")
"""A pipe would end a cell, and a backslash would be taken for an escape of what comes after it."""
_BESIDE_CODE: Final = {"`": "&#96;", "|": "\\|", "\\": "&#92;"}


def text(value: str, limit: int = _LONG) -> str:
    """Write foreign text so that it reads as it is; at most twice ``limit`` characters long."""
    return _within(lambda shown: _joined(_split(shown)), visible(value).strip(), limit)


def code(value: str, limit: int = _SHORT) -> str:
    """Write foreign text as code, also within a table; at most twice ``limit`` characters long."""
    shown = visible(value)
    return _within(_span, shown, limit) if shown.strip() else "` `"


def prose(value: str) -> str:
    """Write a sentence; JSONPaths and what stands in `backticks` are shown as code."""
    return _within(lambda shown: _joined(_pieces(shown)), visible(value).strip(), _LONG)


def _within(write: Callable[[str], str], shown: str, limit: int) -> str:
    written = write(clip(shown, limit))
    # One character becomes five at most, and what is written as code gets its marks.
    return written if len(written) <= 2 * limit else write(clip(shown, limit // 5))


def _pieces(said: str) -> Iterator[tuple[bool, str]]:
    for is_code, part in words.pieces(said):
        if is_code:
            yield True, part
        else:
            yield from _split(part)


def _split(shown: str) -> Iterator[tuple[bool, str]]:
    """Split into (is code, text): code is each word that a tracker would make something of."""
    end = 0
    for match in _WORD.finditer(shown):
        if _LINKED.search(match[0]):
            start = match.end() - len(match[0].lstrip(_BEFORE))
            yield False, shown[end:start]
            end = start + len(shown[start : match.end()].rstrip(_BEHIND))
            yield True, shown[start:end]
    yield False, shown[end:]


def _joined(pieces: Iterable[tuple[bool, str]]) -> str:
    """Write the pieces; code beside code is one, because marks that touch are read otherwise."""
    written: list[str] = []
    for is_code, group in groupby((piece for piece in pieces if piece[1]), key=itemgetter(0)):
        part = "".join(shown for _, shown in group)
        if is_code:
            written.append(_span(part) if part.strip() else "` `")
        else:
            escaped = _SPECIAL.sub(_escaped, part)
            written.append(escaped if written else _LIST.sub(_listed, escaped))
    return "".join(written)


def _escaped(match: re.Match[str]) -> str:
    return {"<": "&lt;", "&": "&amp;"}.get(match[0], f"\\{match[0]}")


def _listed(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\{match[0][-1]}"


def _span(shown: str) -> str:
    """Write code; what cannot stand in it everywhere, such as a pipe in a table, stands between two."""
    parts = _NOT_IN_CODE.split(shown)
    if len(parts) == 1:
        return f"`{shown}`"
    return "".join(_BESIDE_CODE.get(part) or _core(part) for part in parts).strip()


def _core(part: str) -> str:
    """Write code with the blanks at its ends beside it, where none is lost."""
    core = part.strip()
    return part.replace(core, f"`{core}`") if core else part
