"""Known secret values, found in every spelling that HTTP and JSON give them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from harness.redact.names import PLACEHOLDER

_SHORTEST = 6  # a shorter value would be found inside ordinary words
_ENCODED = re.compile("""[^\\s&=?#"'<>/\\\\]*%[^\\s&=?#"'<>/\\\\]*""")
_DEEPEST = 4
_RUN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")
_CUTS = re.compile(r"[/?#&=+;@:]")


def spellings(value: str) -> tuple[str, ...]:
    """Return the text forms of a value: plain, percent-encoded, escaped for JSON and HTML, hex."""
    data = value.encode("utf-8", "surrogatepass")
    ascii_json, json_text = json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]
    percent = [quote(data, safe=""), quote(data), quote_plus(data)]
    found = [value, ascii_json, json_text, json_text.replace("/", "\\/"), html.escape(value)]
    found += [json.dumps(ascii_json)[1:-1], json.dumps(json_text, ensure_ascii=False)[1:-1]]
    found += percent + [re.sub("%..", lambda match: match[0].lower(), text) for text in percent]
    # The same bytes as text that was read with the wrong charset, for bodies that are not UTF-8.
    found += [data.decode("latin-1"), data.hex(), data.hex().upper()]
    return tuple(dict.fromkeys(found))


def base64_cores(value: str) -> tuple[str, ...]:
    """Return what base64 makes of a value, in the three ways that it can lie in longer data.

    The first and last characters that depend on neighbours are cut off.
    """
    data = value.encode("utf-8", "surrogatepass")
    cores = []
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + data).decode().rstrip("=")
        bits = 8 * (offset + len(data))
        core = coded[-(-8 * offset // 6) : bits // 6]
        cores += [core, core.replace("+", "-").replace("/", "_"), quote(core, safe="")]
    return tuple(dict.fromkeys(cores))


class Known:
    """The known values of one run; :meth:`hide` replaces them by ``[NAME]`` in text."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Take name to real value; values too short to be told from words are matched as a whole only."""
        self._exact: dict[str, str] = {}
        self._spellings: dict[str, str] = {}
        self._cores: dict[str, str] = {}
        for name, value in secrets.items():
            placeholder = f"[{re.sub(r'[^A-Z0-9_]', '_', name.upper()) or 'SECRET'}]"
            if not PLACEHOLDER.fullmatch(placeholder):
                placeholder = f"[SECRET_{placeholder[1:]}"
            # A value that is part of a placeholder would be found again in its own replacement.
            if not value or value in placeholder or value in "REDACTED-":
                continue
            self._exact.setdefault(value, placeholder)
            if len(value) >= _SHORTEST:
                for spelling in spellings(value):
                    self._spellings.setdefault(spelling, placeholder)
                for core in base64_cores(value):
                    self._cores.setdefault(core, placeholder)
        self._cut_up = {
            value: quote(placeholder, safe="")
            for value, placeholder in self._exact.items()
            if len(value) >= _SHORTEST and _CUTS.search(value)
        }
        # Most spellings contain the value itself or start like another; each is looked for once.
        self._needles = _shortest([*self._spellings, *self._cores])
        by_length = sorted(self._spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join([PLACEHOLDER.pattern, *map(re.escape, by_length)]))

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._exact)

    def exact(self, value: str) -> str | None:
        """Return the placeholder of a value that is known as a whole, or None."""
        return self._exact.get(value)

    def hide_uncut(self, url: str) -> str:
        """Replace in a URL the values that its parts cut up, where they are written as they are."""
        for value, placeholder in self._cut_up.items():
            url = url.replace(value, placeholder)
        return url

    def occurs(self, text: str, depth: int = 0) -> bool:
        """Whether a known value may be in the text; ``depth`` counts encodings that were undone before."""
        if not self._needles:
            return False
        if any(map(text.__contains__, self._needles)):
            return True
        return depth < _DEEPEST and any(self.occurs(plain, depth + 1) for plain in _plain(text))

    def hide(self, text: str, depth: int = 0) -> str:
        """Replace every known value; the same object when there is none."""
        if self.occurs(text, depth):
            text = self._pattern.sub(lambda match: self._spellings.get(match[0], match[0]), text)
            if depth < _DEEPEST and "%" in text:
                text = _ENCODED.sub(lambda run: self._hidden_in_run(run[0], depth + 1), text)
        for core, placeholder in self._cores.items():
            if core in text:
                text = _hide_runs(text, core, placeholder)
        return text

    def _hidden_in_run(self, run: str, depth: int) -> str:
        """Hide known values in text that is percent-encoded, in whatever case, and more than once."""
        for plain in _plain(run):
            hidden = self.hide(plain, depth) if self.occurs(plain, depth) else plain
            if hidden != plain:
                return quote(hidden, safe="", errors="replace")
        return run


def _plain(text: str) -> Iterator[str]:
    """Undo percent-encoding, by the rules of URLs and, where they differ, by those of forms."""
    if "%" in text and (plain := unquote(text)) != text:
        yield plain
        if "+" in text:
            yield unquote_plus(text)


def _shortest(texts: list[str]) -> tuple[str, ...]:
    """Drop the texts that contain another one of them."""
    return tuple(text for text in texts if not any(other in text for other in texts if other != text))


def _hide_runs(text: str, core: str, placeholder: str) -> str:
    """Replace each run of base64 characters that holds the core."""
    done = 0
    parts = []
    while (found := text.find(core, done)) >= 0:
        start, end = found, found + len(core)
        while start > done and text[start - 1] in _RUN:
            start -= 1
        while end < len(text) and text[end] in _RUN:
            end += 1
        parts += [text[done:start], placeholder]
        done = end
    return "".join([*parts, text[done:]])
