"""Where source text calls v1beta1: base URLs and endpoint paths, however a language fills in the ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harness.struct import Struct

MARKS: Final = (b"v1beta1", b"/organizations", b"organizations/", b'"organizations"', b"'organizations'")
"""What a file holds that may call v1beta1."""

_BASE = re.compile(
    r"(?:https?://[^\s\"'`<>|]*?)?/(?P<api>iam|platform)/(?P<version>v1beta1\b|\$?\{\{[^{}]*\}\}|[${%:][^/\s\"'`]*)"
)
_PART = r"\$?\{\{[^{}]*\}\}|\$?\{[^{}]*\}|\$\([^()]*\)|\$\w+|%[sdvq]|%\(\w+\)s|<[\w .-]+>|:\w+|[\w.~-]+"
_SEGMENTS = re.compile(rf"(?:/(?:{_PART})+)+")
_ROOT = re.compile(
    rf"/organizations\b(?:{_SEGMENTS.pattern})?|(?<=[\"'`}}])organizations(?=\S*[{{$%<:]){_SEGMENTS.pattern}"
)
"""The first segment, and what follows; without its slash, where that ends the base URL, only with an id."""
_NEWER = re.compile(r"/(?:labs/)?v1(?:alpha1)?$|/v1/?[\"'`]?$")
_WORD = re.compile(r"(?<![%$])\b[\w.-]+$")
"""What stands before a path that begins elsewhere; a variable may stand there."""

_JOIN = re.compile(
    r"([\"'`])\s*\+\s*(?P<name>(?:str\()?[A-Za-z_][\w.\[\]\"']*(?:\(\))?\)?)(?:\s*\+\s*([\"'`])|(?=\s*(?:[,);\]}]|$)))"
)
_JOINED = re.compile(r"\bjoin(?:path)?\b", re.IGNORECASE)
_ARGUMENT = r"(?:\"[^\"]*\"|'[^']*'|[A-Za-z_][\w.]*(?:\([^()]*\))?)"
_ARGUMENTS = re.compile(rf"[\"'`]/?organizations/?[\"'`](?P<rest>(?:\s*,\s*{_ARGUMENT})+)")
"""The segments of a path as the arguments of what joins them, such as Go's ``url.JoinPath``."""
_PLUS = re.compile(r"\+\s*\\?\s*$")
_STRING_ENDS = re.compile(r"(?P<quote>[\"'])\s*\\?\s*$")
_STRING_BEGINS = re.compile(r"\s*[fFrRbBuU]{0,2}(?P<quote>[\"'])")
_GOES_ON = re.compile(r"/?[\"'`]\s*\+")
"""What follows a path that is put together of more than can be understood here."""
_CONTINUED = " \t\r\\"
_MOST_LINES = 4

_METHODS = "GET|POST|PUT|PATCH|DELETE"
_SAID = (
    re.compile(r"\.(?P<method>get|post|put|patch|delete)\s*(?:<[^>()]*>)?\(", re.IGNORECASE),
    re.compile(rf"(?:-X|--request)[\s=]*[\"']?(?P<method>{_METHODS})\b"),
    re.compile(rf"\bmethod[\"']?\s*[:=]\s*[\"']?(?P<method>{_METHODS})\b", re.IGNORECASE),
    re.compile(rf"[\"'](?P<method>{_METHODS})[\"']\s*[,)]"),
    re.compile(r"\bMethod(?P<method>Get|Post|Put|Patch|Delete)\b"),
    re.compile(rf"(?:^|[\s`\"'])(?P<method>{_METHODS})\s+[`\"']?(?:https?:/)?/"),
)
_CURL = re.compile(r"\bcurl\b")
_CURL_SENDS = re.compile(r"\s(?:-d|--data\S*|--json|-F|--form)\b")
_AROUND = 3
"""Lines above and below in which a method may belong to a path."""

_OPEN = re.compile(r"[(,{\[\\]\s*$")
_KEY = re.compile(r"\s*[\"']?(?:http_)?method[\"']?\s*[:=]", re.IGNORECASE)


class Use(Struct, frozen=True, kw_only=True):
    """A place in source text that calls v1beta1.

    ``line`` and ``column`` count from 1. ``api`` is iam or platform where the base URL is there, ``path`` the
    endpoint below it, with ``{}`` for ids, empty for a base URL alone. ``method`` is upper case, empty where
    the text around does not tell it. ``fixed``: the version stands in the text, not in a variable.
    ``more``: the path goes on in a way that cannot be understood here.
    """

    line: int
    column: int
    text: str
    api: str = ""
    path: str = ""
    method: str = ""
    fixed: bool = True
    more: bool = False


def uses(lines: list[str]) -> Iterator[Use]:
    """Yield what calls v1beta1, line by line; a path without a base URL may be of something else."""
    for number, line in enumerate(lines):
        yield from _in_line(lines, number, line)


def _in_line(lines: list[str], number: int, line: str) -> Iterator[Use]:
    if "/" not in line and "organizations" not in line:
        return
    joined = _JOIN.sub(_filled, _whole(lines, number))
    if "organizations" in joined and _JOINED.search(joined):
        joined = _ARGUMENTS.sub(_slashed, joined)
    ends: list[tuple[int, int]] = []
    for base in _BASE.finditer(joined):
        fixed = base["version"] == "v1beta1"
        below = _SEGMENTS.match(joined, base.end())
        ends.append((base.start(), below.end() if below else base.end()))
        yield Use(
            line=number + 1,
            column=min(base.start(), len(line)) + 1,
            text=line.strip(),
            api=base["api"],
            path=_generic(below[0]) if below else "",
            method=_method(lines, number) if below else "",
            fixed=fixed,
            more=_GOES_ON.match(joined, below.end() if below else base.end()) is not None,
        )
    for root in _ROOT.finditer(joined):
        before = joined[: root.start()]
        inside = any(start <= root.start() < end for start, end in ends)
        if inside or _NEWER.search(before) or _WORD.search(before):
            continue
        yield Use(
            line=number + 1,
            column=min(root.start(), len(line)) + 1,
            text=line.strip(),
            path=_generic(f"/{root[0].removeprefix('/')}"),
            method=_method(lines, number),
            more=_GOES_ON.match(joined, root.end()) is not None,
        )


def _whole(lines: list[str], number: int) -> str:
    """Return a line with those that its text is continued on."""
    whole = lines[number]
    if "organizations" not in whole and "v1beta1" not in whole:
        return whole
    for following in lines[number + 1 : number + _MOST_LINES]:
        ends, begins = _STRING_ENDS.search(whole), _STRING_BEGINS.match(following)
        if _PLUS.search(whole) or following.lstrip().startswith("+"):
            whole = whole.rstrip(_CONTINUED) + " " + following.lstrip()
        elif ends and begins and ends["quote"] == begins["quote"]:
            whole = whole[: ends.start()] + following[begins.end() :]
        else:
            break
    return whole


def _slashed(match: re.Match[str]) -> str:
    """Write ``"organizations", org, "teams"`` as ``"/organizations/{x}/teams"``."""
    parts = (part.strip() for part in match["rest"].split(",") if part.strip())
    segments = [part[1:-1].strip("/") if part[0] in "\"'" else "{x}" for part in parts]
    return f'"/organizations/{"/".join(segments)}"'


def _filled(match: re.Match[str]) -> str:
    """Write ``"/a/" + x + "/b"`` as ``"/a/{x}/b"``; of quotes that differ the join is none."""
    if match[3] is None:
        return "{x}" + match[1]
    return "{x}" if match[3] == match[1] else match[0]


def _generic(path: str) -> str:
    """Write ``{}`` for every segment that is filled in."""
    segments = path.rstrip("/.").split("/")
    return "/".join("{}" if re.search(r"[{}$%<>:]", segment) else segment for segment in segments)


def _method(lines: list[str], number: int) -> str:
    """Return the method that the line tells, or one near it that is of the same statement."""
    found = _told(lines[number])
    above, below = number, number
    while not found and above > max(0, number - _AROUND) and _OPEN.search(lines[above - 1]):
        above -= 1
        found = _told(lines[above])
    while not found and below < min(len(lines) - 1, number + _AROUND) and _goes_on(lines, below):
        below += 1
        found = _told(lines[below])
    return found


def _goes_on(lines: list[str], number: int) -> bool:
    following = lines[number + 1]
    if _ROOT.search(following) or _BASE.search(following):
        return False  # the method there is of another path
    return bool(_OPEN.search(lines[number]) or _KEY.match(following))


def _told(line: str) -> str:
    for pattern in _SAID:
        found = pattern.search(line)
        if found:
            return found["method"].upper()
    if _CURL.search(line):
        return "POST" if _CURL_SENDS.search(line) else "GET"
    return ""
