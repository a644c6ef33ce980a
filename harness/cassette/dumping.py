"""Data as YAML, byte for byte as PyYAML lays it out, in a tenth of its time.

What cassettes consist of is written here: mappings, lists, lines as lines, and text on one line. PyYAML
writes whatever is not surely the same here (odd keys, control characters, bytes, characters beyond U+FFFF):
a text on one line alone, anything else with all that stands around it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import yaml

# Made into patterns where a text is written: a replay, which writes none, need not wait for that.
_UNREADABLE: Final = r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
# libyaml escapes what is beyond U+FFFF, so that PyYAML's own emitter writes all of such data.
_WIDE: Final = r"[\ud800-\udfff\U00010000-\U0010ffff]"
_WIDE_WRITTEN: Final = "\\U000"

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_LINE = re.compile(r"[ -~]+")
_PLAIN = re.compile(r"[A-Za-z/][ -~]*")
_QUOTED = re.compile(
    r"[1-9][0-9]*|[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[0-9]{2}:){2}[0-9]{2}\.[0-9]{3}Z|[\"'#,\[\]{}&*!|>%@`].*"
)
_FLOAT = re.compile(r"-?[0-9]+\.[0-9]+")
_WORDS: Final = frozenset({"yes", "no", "true", "false", "on", "off", "null"})
"""What YAML takes for something else than text, in whatever case."""
_CONSTANTS: Final[dict[object, str]] = {None: "null", True: "true", False: "false"}
_LONGEST_REMEMBERED: Final = 200


def dump(data: Any) -> str:
    """Return plain data as YAML in blocks; text that is read back unchanged, and no aliases.

    Raises:
        UnicodeEncodeError, yaml.YAMLError: as PyYAML, for what YAML cannot hold.
    """
    parts: list[str] = []
    try:
        _block(data, "", "", parts)
    except _UnusualError:
        return _by_library(data)
    text = "".join(parts)
    return _by_library(data) if _WIDE_WRITTEN in text else text


class _UnusualError(Exception):
    """PyYAML had better write this."""


def _block(data: Any, lead: str, margin: str, parts: list[str]) -> None:
    """Write a mapping or a list; ``lead`` stands before its first line, ``margin`` before the others."""
    if not data:
        raise _UnusualError
    if data.__class__ is dict:
        for key, value in data.items():
            _value(value, f"{lead}{_key(key)}", margin, parts)
            lead = margin
    elif data.__class__ is list:
        for value in data:
            if (value.__class__ is dict or value.__class__ is list) and value:
                _block(value, f"{lead}- ", f"{margin}  ", parts)
            else:
                parts.append(f"{lead}- {_scalar(value)}\n")
            lead = margin
    else:
        raise _UnusualError


def _value(value: Any, name: str, margin: str, parts: list[str]) -> None:
    """Write what stands by a key: on its line, or below it."""
    kind = value.__class__
    if kind is str and "\n" in value:
        parts.append(f"{name} {_lines(value, margin)}")
    elif (kind is dict or kind is list) and value:
        parts.append(f"{name}\n")
        inner = f"{margin}  " if kind is dict else margin
        _block(value, inner, inner, parts)
    else:
        parts.append(f"{name} {_scalar(value)}\n")


def _lines(text: str, margin: str) -> str:
    """Write lines as lines, further in than their key."""
    if not _is_readable(text) or _has_odd_space(text) or _is_wide(text):
        raise _UnusualError
    mark, text = ("|", text[:-1]) if text[-1] == "\n" else ("|-", text)
    laid = text.replace("\n", f"\n{margin}  ")
    if "\n\n" in text:  # an empty line has no margin
        laid = re.sub(r"\n +(?=\n)", "\n", laid)
    return f"{mark}\n{margin}  {laid}\n"


@lru_cache(maxsize=1024)
def _key(key: Any) -> str:
    if key.__class__ is not str or not _KEY.fullmatch(key) or key.lower() in _WORDS:
        raise _UnusualError
    return f"{key}:"


def _scalar(value: Any) -> str:
    """Write what stands on one line."""
    kind = value.__class__
    if kind is str:
        return _remembered(value) if len(value) <= _LONGEST_REMEMBERED else _text(value)
    if kind is int:
        return str(value)
    if value is None or kind is bool:
        return _CONSTANTS[value]
    if kind is float and _FLOAT.fullmatch(written := repr(value)):
        return written
    if (kind is dict or kind is list) and not value:
        return "{}" if kind is dict else "[]"
    raise _UnusualError


def _text(text: str) -> str:
    """Write text without quotes, or in single ones; PyYAML decides where that is not plain to see."""
    if _LINE.fullmatch(text):
        if ": " in text or " #" in text or text[-1] in " :" or _QUOTED.fullmatch(text):
            return "'" + text.replace("'", "''") + "'"
        if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
            return text
    if "\n" in text or _is_wide(text):
        raise _UnusualError
    return _render([text], _FastDumper)[2:-1]


_remembered = lru_cache(maxsize=4096)(_text)


def _is_readable(text: str) -> bool:
    """Whether YAML can hold the text as it is."""
    if text.isascii():
        return text.replace("\n", " ").isprintable()
    return re.search(_UNREADABLE, text) is None


def _has_odd_space(text: str) -> bool:
    """Leading space needs a hint, trailing space gets lost, and trailing blank lines end a document."""
    return text[0] in " \n" or " \n" in text or text.endswith((" ", "\n\n"))


def _is_wide(text: str) -> bool:
    return not text.isascii() and re.search(_WIDE, text) is not None


def _by_library(data: Any) -> str:
    """Let PyYAML write it; libyaml writes no character beyond U+FFFF as itself, its own emitter does."""
    fast = _render(data, _FastDumper)
    return _render(data, _WideDumper) if _WIDE_WRITTEN in fast else fast


def _render(data: Any, dumper: Any) -> str:
    text = yaml.dump(
        data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=1 << 30, default_flow_style=False
    )
    return str(text)


_FastDumper: Any = type("_FastDumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {})
_WideDumper: Any = type("_WideDumper", (yaml.SafeDumper,), {})


def _represent_text(dumper: Any, text: str) -> Any:
    """Choose the style of a text: lines as lines where YAML gives them back unchanged, else quoted."""
    style = "|" if "\n" in text else None
    if not _is_readable(text) or (style and _has_odd_space(text)):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


for _dumper in (_FastDumper, _WideDumper):
    _dumper.add_representer(str, _represent_text)
    # The same object in two places is written twice: our reader follows no aliases.
    _dumper.ignore_aliases = lambda _self, _data: True
