"""Secrets in the text of JSON, replaced in place: whatever is no secret keeps its bytes.

The text is walked lexeme by lexeme, not parsed, so that spacing, number formats, escapes, repeated keys,
JSON lines and JSON that was cut short all come out as they went in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from harness.redact.names import SHORT_TOKEN_LENGTH, Name, is_setting, read_name
from harness.struct import Struct, field

# A string and whether it is a key, a bracket, or a number or literal. The last string may be cut short.
_LEXEME = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)
_NO_NAME = read_name("")
_NOTHING = frozenset({"", "null", "none"})
_FALSE = frozenset({"false", "0"})
_FLAG_WORDS = _NOTHING | _FALSE | {"true", "1", "yes", "no", "on", "off"}
"""What a flag may say that is written as a string, in place of a secret that goes by the same name."""

_Strings = list[tuple[int, int, str]]


class _Container(Struct, kw_only=True):
    """An open object or list.

    ``key`` is the name that the next value goes by; in a list, that of the list itself. ``hides_all``:
    every string in here is a secret, but labels. ``guarded``: a ``value`` in here is a secret unless a
    flag says that it is not; ``named_secret``: so is a ``single`` one that is no setting, because a neighbour
    names it. ``connection``: ``extra`` in here holds secrets of any name, and in ``extra`` so
    does everything below. ``values`` are the strings at and below keys like ``value``: whether they
    are secrets is known when the object ends. ``strings`` are all strings, kept below such a key only.
    """

    is_object: bool
    key: Name = _NO_NAME
    hides_all: bool = False
    guarded: bool = False
    connection: bool = False
    extra: bool = False
    says_secret: bool | None = None
    named_secret: bool = False
    single: bool = False
    below_value: bool = False
    values: _Strings = field(default_factory=list)
    strings: _Strings = field(default_factory=list)

    def note_flag(self, said: str) -> None:
        """Take a flag as it is written: one that is set and not plainly false says that there is a secret."""
        if said not in _NOTHING:
            self.says_secret = self.says_secret or said not in _FALSE


class JsonRedaction(Struct):
    """One walk over a text.

    ``hide`` replaces a whole value, ``clean`` what is secret in a text; ``read`` says what a name says.
    """

    hide: Callable[[str], str]
    clean: Callable[[str], str]
    read: Callable[[str], Name] = read_name
    _open: list[_Container] = field(default_factory=list)
    _edits: dict[int, tuple[int, str]] = field(default_factory=dict)

    def run(self, text: str) -> str:
        """Return the text with its secrets replaced; the same object when there are none."""
        self._open = [_Container(is_object=False)]
        for match in _LEXEME.finditer(text):
            lexeme = match[0]
            first = lexeme[0]
            if first == '"':
                self._string(match)
            elif first in "{[":
                self._enter(is_object=first == "{")
            elif first in "}]":
                self._leave()
            else:
                self._scalar(match.start(), match.end(), lexeme)
        while len(self._open) > 1:
            self._leave()
        return self._apply(text)

    def _enter(self, *, is_object: bool) -> None:
        """Open an object or list; a list hands the name that it goes by on to its elements."""
        outer = self._open[-1]
        key = outer.key
        extra = outer.extra or (outer.connection and key.extra)
        self._open.append(
            _Container(
                is_object=is_object,
                key=key,
                hides_all=outer.hides_all or (is_object and key.holder),
                guarded=is_object and key.variable,
                connection=is_object and key.connection,
                extra=extra,
                below_value=outer.below_value or key.value,
            )
        )

    def _leave(self) -> None:
        """Close a container; decide over the values whose neighbour says whether they are secrets."""
        if len(self._open) == 1:
            return
        closed = self._open.pop()
        outer = self._open[-1]
        silent = closed.says_secret is None
        named = closed.named_secret and closed.single
        if closed.says_secret or (silent and (closed.guarded or named)):
            for start, end, value in closed.values:
                if closed.says_secret or closed.guarded or not is_setting(value):
                    self._edit(start, end, value, self.hide(value))
        if closed.below_value:
            # Taken over rather than copied, so that deep nesting costs nothing.
            outer.strings = [*outer.strings, *closed.strings] if outer.strings else closed.strings
            if outer.is_object and outer.key.value:
                outer.values += closed.strings
                outer.single = outer.single or outer.key.single

    def _string(self, match: re.Match[str]) -> None:
        """Handle a key or a string value."""
        inner = self._open[-1]
        literal = match[1]
        value = literal.strip('"') if "\\" not in literal else _unescape(literal)
        if match[2] and inner.is_object:
            inner.key = self.read(value)
            new = self.clean(value)
        else:
            if inner.is_object and inner.key.flag:
                inner.note_flag(value.lower())
            elif inner.is_object and inner.key.naming and self.read(value).secret:
                inner.named_secret = True
            new = self._redacted(inner, value)
            if inner.below_value:
                inner.strings.append((*match.span(1), value))
            if inner.key.value and inner.is_object:
                inner.values.append((*match.span(1), value))
                inner.single = inner.single or inner.key.single
        if new != value:
            self._edit(*match.span(1), value, new, escaped="\\u" in literal)

    def _redacted(self, inner: _Container, value: str) -> str:
        name = inner.key
        if (inner.extra or (inner.connection and name.extra)) and not (name.label or is_setting(value)):
            return self.hide(value)
        if inner.hides_all and not name.label:
            return self.hide(value)
        if name.secret and not (name.flag and inner.is_object and value.lower() in _FLAG_WORDS):
            return self.hide(value)
        if name.short_token and len(value) > SHORT_TOKEN_LENGTH:
            return self.hide(value)
        return self.clean(value)

    def _scalar(self, start: int, end: int, lexeme: str) -> None:
        """Handle a number or a literal."""
        inner = self._open[-1]
        if inner.is_object and inner.key.flag:
            inner.note_flag(lexeme.lower())
        if lexeme[0] in "-0123456789":
            self._edit(start, end, lexeme, self.hide(lexeme) if inner.key.numeric else self.clean(lexeme))

    def _edit(self, start: int, end: int, old: str, new: str, *, escaped: bool = False) -> None:
        """Note a replacement; a later one for the same place wins."""
        if new != old:
            self._edits[start] = (end, json.dumps(new, ensure_ascii=escaped))

    def _apply(self, text: str) -> str:
        if not self._edits:
            return text
        done = 0
        parts = []
        for start, (end, literal) in sorted(self._edits.items()):
            parts += [text[done:start], literal]
            done = end
        return "".join([*parts, text[done:]])


def _unescape(literal: str) -> str:
    """Return the string that a literal with escapes stands for; one that is wrong stays as it is."""
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return literal.strip('"')
    return value if isinstance(value, str) else literal
