"""Secrets that a text gives a name: ``password=...``, ``X-Api-Key: ...``, ``<token>...</token>``.

A text may be prose too. What stands behind a colon is a secret only if it looks as if nobody would say it:
``token: required`` and ``password: must be at least 8 characters`` stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import ascii_letters, digits
from typing import Final

from harness.redact.names import PLACEHOLDER, Name
from harness.struct import Struct

# What stands before an operator: in most JSON there is none behind one of these but those behind keys.
_ENDS_IN_JSON = frozenset(f"{ascii_letters}']")
_ENDS = _ENDS_IN_JSON | {'"'}
_DIGITS = frozenset(digits)
# In JSON, a colon behind a digit is that of a time of day: there are too many to look at each.
_SIGNS_IN_JSON = ((":", _ENDS_IN_JSON), ("=", _ENDS_IN_JSON | _DIGITS))
_SIGNS = ((":", _ENDS | _DIGITS), ("=", _ENDS | _DIGITS))
_NAMED = re.compile(
    r"""(?<![\w%.-])-*+(?P<name>[A-Za-z_][\w%.-]*+)(?P<close>["']?\]?)(?P<before>[ \t]?)"""
    r"(?P<operator>=>|:=|==?|:(?!//))(?P<after>[ \t]*)"
)
_QUOTED = re.compile(r"""(?P<quote>["'`])(?P<value>(?:\\.|(?!(?P=quote))[^\\\r\n])*+)(?P=quote)""")
# As much of a value as is looked at: a text may be one long word that begins a value again and again.
_BARE = re.compile(r"""["'`]?(?P<value>[^\s&;,"'`<>]{1,1024}+)""")
_BARE_LINE = re.compile(r"""["'`]?(?P<value>[^\s,"'`<>]{1,1024}+)""")
_CREDENTIAL = re.compile(
    r"""["'`]?(?:(?:apikey|basic|bearer|digest|negotiate|token)[ \t]+)?(?P<value>[^\s,"'`<>]{1,1024}+)""",
    re.IGNORECASE,
)
_REST = re.compile(r"""[^\s,"'`<>]*""")
_COOKIES = re.compile(r"""["'`]?(?P<value>[\w.-]+=[^\r\n"'`<>]+)""")
_ELEMENT = re.compile(r"<(?P<name>[A-Za-z][\w.:-]*+)(?:\s[^<>]*+)?>(?P<value>[^<>]+)</")
_ATTRIBUTE = re.compile(
    r"""\b(?:name|key|id)=["'](?P<name>[\w.:-]+)["'][^<>]{0,400}?\b(?:value|content)=(?P<quote>["'])"""
    r"(?P<value>[^\"'<>]*)(?P=quote)"
)
_TAGGED = (("</", _ELEMENT), ("value=", _ATTRIBUTE), ("content=", _ATTRIBUTE))
_TEMPLATE = re.compile(r"\$\{[^{}]*\}|\$[A-Z][A-Z0-9_]+|\$\(.*|\{.*|%\(.*")
_SAID = re.compile(r"v\d+\w*|\d{4}-\d\d-\d\d\S*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\d+-?(?:[a-z]{1,12})?")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_SIGN = re.compile(r"[!@#$%^*+?~]")
_FLIP = re.compile(r"[a-z][A-Z]")
_CLOSING: Final = ".,;:!?)]}"
_OF_NAMES: Final = f"{ascii_letters}{digits}_%.-"
_LOOKED_AT: Final = 1024
_LONGEST_NAME: Final = 128
"""Characters before an operator that are looked at: what a name says stands at its end."""
_SHORTEST: Final = 6
_SHORTEST_ODD: Final = 8
_SHORTEST_MIXED: Final = 20
_MOST_FLIPS: Final = 5


class Assignments(Struct, frozen=True):
    """Finds and replaces the values of names in a text.

    ``read`` says what a name says, ``hide`` replaces a whole value, ``cookies`` those of a header (of
    Set-Cookie the first only), and ``setting`` tells ``true`` and ``42`` from secrets.
    """

    read: Callable[[str], Name]
    hide: Callable[[str], str]
    cookies: Callable[[str, bool], str]
    setting: Callable[[str], bool]

    def may_hold(self, text: str, *, json: bool = False) -> bool:
        """Whether there is a name of a secret with something behind it; of JSON, keys do not count."""
        plain = text.replace('":', "") if json else text
        if ":" in plain or "=" in plain:
            # From the operators, which are few, and not from the words.
            for at in _operators(plain, _SIGNS_IN_JSON if json else _SIGNS):
                if self.read(_name_before(plain, at)).secret:
                    return True
        return "<" in text and any(
            hint in text and any(self._tagged(pattern, text)) for hint, pattern in _TAGGED
        )

    def hidden(self, text: str) -> str:
        """Replace the secrets; the same object where there is none."""
        if "<" in text:
            for hint, pattern in _TAGGED:
                if hint in text:
                    text = _replaced(text, self._tagged(pattern, text))
        return _replaced(text, self._named(text))

    def _tagged(self, pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int, str]]:
        for match in pattern.finditer(text):
            value = match["value"].strip()
            if self.read(match["name"]).secret and value and not self._is_kept(value):
                yield *match.span("value"), self.hide(value)

    def _named(self, text: str) -> Iterator[tuple[int, int, str]]:
        done = 0
        for named in _NAMED.finditer(text):
            if named.start() < done or not (name := self.read(named["name"])).secret:
                continue
            found = self._value(named, name, text)
            if found is not None:
                done = found[1]
                yield found

    def _value(self, named: re.Match[str], name: Name, text: str) -> tuple[int, int, str] | None:
        """Return where the value of a name is, and what replaces it; None where there is no secret."""
        flat = named["name"].lower().replace("-", "").replace("_", "")
        if flat.endswith("cookie") and (match := _COOKIES.match(text, named.end())):
            return *match.span("value"), self.cookies(match["value"], flat == "setcookie")
        loose = named["operator"] == ":"
        if flat.endswith("authorization"):
            match, loose = _CREDENTIAL.match(text, named.end()), True
        else:
            match = _QUOTED.match(text, named.end())
            if match:
                # What is quoted on both sides of a colon is data, as is what is quoted behind `=`.
                loose = loose and named["close"] == ""
            else:
                match = (_BARE_LINE if loose else _BARE).match(text, named.end())
                loose = loose or bool(named["before"] or named["after"])
        if match is None or self._is_kept(match["value"]):
            return None
        if loose and not _is_opaque(match["value"], numeric=name.numeric):
            return None
        start, end = match.span("value")
        if end - start >= _LOOKED_AT:
            end = next(_REST.finditer(text, end)).end()
        return start, end, self.hide(text[start:end])

    def _is_kept(self, value: str) -> bool:
        return bool(self.setting(value) or PLACEHOLDER.match(value) or _TEMPLATE.fullmatch(value))


def names_before(text: str, sign: str) -> Iterator[str]:
    """Yield what may be a name right before each of the signs: all of it, as what says it may be far away."""
    start, at = 0, text.find(sign)
    while at >= 0:
        between = text[start:at]  # so that each letter is looked at once
        yield between[_start_of_name(between) :]
        start, at = at + 1, text.find(sign, at + 1)


def _operators(text: str, signs: tuple[tuple[str, frozenset[str]], ...]) -> Iterator[int]:
    """Yield where there is an operator behind what names end with, and a blank perhaps."""
    for sign, ends in signs:
        at = text.find(sign)
        while at >= 0:
            before = text[at - 1 : at]
            if before == " ":
                before = text[at - 2 : at - 1]
            if before in ends and not text.startswith("//", at + 1):
                yield at
            at = text.find(sign, at + 1)


def _name_before(text: str, at: int) -> str:
    """Return the name before an operator, without the quote or bracket that closes it; or the end of it."""
    for ends in (" ", "]", "'\""):
        at -= at > 0 and text[at - 1] in ends
    name = text[max(0, at - _LONGEST_NAME) : at]
    return name[_start_of_name(name) :]


def _start_of_name(text: str) -> int:
    """Return where the name begins that a text ends with."""
    start = len(text.rstrip(_OF_NAMES))
    # Letters of other alphabets, one by one.
    while start and (text[start - 1].isalnum() or text[start - 1] in "_%.-"):
        start -= 1
    return start


def _replaced(text: str, edits: Iterator[tuple[int, int, str]]) -> str:
    done = 0
    parts = []
    for start, end, new in edits:
        if text[start:end] != new:
            parts += [text[done:start], new]
            done = end
    return "".join([*parts, text[done:]]) if parts else text


def _is_opaque(value: str, *, numeric: bool) -> bool:
    """Whether nobody would say a value in a sentence: it has digits or signs in it, or jumps in case."""
    value = value.strip(_CLOSING)
    if len(value) < _SHORTEST or len(value.split(None, 1)) > 1:
        return False
    if numeric and value.isdigit():
        return True
    if _SAID.fullmatch(value) or not _LETTER.search(value):
        return False
    if _DIGIT.search(value):
        return True
    if len(value) >= _SHORTEST_ODD and _SIGN.search(value):
        return True
    return len(value) >= _SHORTEST_MIXED and len(_FLIP.findall(value)) > _MOST_FLIPS
