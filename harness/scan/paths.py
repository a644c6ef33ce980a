"""Where source text calls v1beta1: base URLs and endpoint paths, however a language fills in the ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from harness.scan.clients import below, function_of, is_base, is_given, strangers
from harness.scan.names import FILLED, SEGMENTS, Names, name_of
from harness.scan.versions import APART, Versions, versions_of
from harness.struct import Struct, replace

MARKS: Final = (b"v1beta1", b"/organizations", b"organizations/", b'"organizations"', b"'organizations'")
"""What a file holds that may call v1beta1."""

_BASE = re.compile(
    r"(?:(?:https?://[^\s\"'`<>|]{0,200}?)?/|(?<=[\"'`}])(?=iam/|platform/))"
    r"(?:(?P<api>iam|platform)/(?P<version>v1beta1\b|\$?\{\{[^{}]*\}\}|[${%:][^/\s\"'`]*)"
    rf"|(?P<either>{FILLED})/v1beta1\b)"
)
"""A base URL, also one whose API or version is filled in; what is joined to a host may have no slash."""
_VENDOR = re.compile(r"astro", re.IGNORECASE)
_CALLED_VERSION = re.compile(r"(?<!ser)ver|^\{v1beta1\}$", re.IGNORECASE)
_OPERATION = re.compile(r"/(?:organizations|authorization)\b")
_HOST_ALONE = re.compile(r"https?://(?![^/]*googleapis)[^/]*/(?:iam|platform)/")
_SEGMENTS = re.compile(SEGMENTS)
_ROOT = re.compile(
    rf"/organizations\b(?:{_SEGMENTS.pattern})?|(?<=[\"'`}}])organizations(?=\S*[{{$%<:]){_SEGMENTS.pattern}"
)
"""The first segment, and what follows; without its slash, where that ends the base URL, only with an id."""
_NEWER = re.compile(r"/(?:labs/)?v1(?:alpha1)?$|/v1/?[\"'`]?$")
_BEFORE = 300
"""Characters before a path that are looked at: lines of bundles are long."""
_WORD = re.compile(r"(?<![%$\]])\b[\w.-]+$")
"""What stands before a path that begins elsewhere; a variable may stand there."""

_JOIN = re.compile(
    r"([\"'`])\s*\+\s*(?P<name>(?:str\()?[A-Za-z_][\w.\[\]\"']*(?:\(\))?\)?)(?:\s*\+\s*([\"'`])|(?=\s*(?:[,);\]}]|$)))"
)
_NO_NAME = re.compile(r"[^\w.]")
_JOINED = re.compile(r"\bjoin(?:path)?\b", re.IGNORECASE)
_ARGUMENT = r"(?:\"[^\"]*\"|'[^']*'|[A-Za-z_][\w.]*(?:\([^()]*\))?)"
_ARGUMENTS = re.compile(
    r"(?:[\"'`]/?organizations/?[\"'`]"
    r"|(?:(?<=[jJ]oin\()|(?<=[jJ]oinPath\())[\"'`](?P<first>[^\s\"'`]*/?\borganizations(?:/[^\s\"'`]*)?)[\"'`])"
    rf"(?P<rest>(?:\s*,\s*{_ARGUMENT})+)"
)
"""The segments of a path as the arguments of what joins them, such as Go's ``url.JoinPath``."""
_PLUS = re.compile(r"\+\s*\\?\s*$")
_STRING_ENDS = re.compile(r"(?P<quote>[\"'])\s*\\?\s*$")
_STRING_BEGINS = re.compile(r"\s*[fFrRbBuU]{0,2}(?P<quote>[\"'])")
_GOES_ON = re.compile(r"/?[\"'`]\s*\+|/(?=[^\s\"'`?#,;()<>|&\]\\*])")
"""What follows a path that is put together of more than can be understood here."""
_TWO = re.compile(rf"/(?:{FILLED})(?:{FILLED})$")
"""A last segment of two variables: the second may be a whole path."""
_SPREAD = re.compile(r"\s*,\s*(?:\*\w|\.\.\.\w|\w+\.\.\.)")
"""Arguments that cannot be counted."""
_CONTINUED = " \t\r\\"
_MOST_LINES = 4
_MOST_NAMES = 200
"""Names of paths in one file; a file with more of them was generated."""

_METHODS = "GET|POST|PUT|PATCH|DELETE"
_SAID = (
    re.compile(r"\.(?P<method>get|post|put|patch|delete)\s*(?:<[^>()]*>)?\(", re.IGNORECASE),
    re.compile(rf"(?<!\S)(?:-[a-zA-Z]*X|--request)[\s=]*[\"']?(?P<method>{_METHODS})\b"),
    re.compile(rf"\bmethod[\"']?\s*[:=]\s*[\"']?(?P<method>{_METHODS})\b", re.IGNORECASE),
    re.compile(rf"[\"'](?P<method>{_METHODS})[\"']\s*[,)]"),
    re.compile(r"\bMethod(?P<method>Get|Post|Put|Patch|Delete)\b"),
    re.compile(rf"(?:^|[\s`\"'])(?P<method>{_METHODS})\s+[`\"']?(?:https?:/|\$\{{?\w+\}}?)?/"),
)
_CURL = re.compile(r"\bcurl\b")
_CURL_SENDS = re.compile(r"\s(?:-[a-zA-Z]*[dF]|--data\S*|--json|--form)(?![a-zA-Z])")
_CURL_GETS = re.compile(r"\s(?:-[a-zA-Z]*G|--get)(?![a-zA-Z])")
_WGET = re.compile(r"\bwget\b(?!.*--(?:post|method|body))")
_COMMAND = 30
"""Lines of one command of a shell."""
_AROUND = 3
"""Lines above and below in which a method may belong to a path."""

_OPEN = re.compile(r"[(,{\[\\]\s*$")
_KEY = re.compile(r"\s*[\"']?(?:http_)?method[\"']?\s*[:=]", re.IGNORECASE)


class Use(Struct, frozen=True, kw_only=True):
    """A place in source text that calls v1beta1.

    ``line`` and ``column`` count from 1. ``api`` is iam or platform where the base URL is there, ``path`` the
    endpoint below it, with ``{}`` for ids, empty for a base URL alone. ``method`` is upper case, empty where
    the text around does not tell it. ``fixed``: the version stands in the text, not in a variable.
    ``more``: the path goes on in a way that cannot be understood here. ``sure``: nothing else has such a
    URL; else it counts beside the vendor's. ``either`` is what fills in iam or platform.
    ``apart``: the version is a string of its own, without an ``api`` where it is not known what that is for.
    """

    line: int
    column: int
    text: str
    api: str = ""
    path: str = ""
    method: str = ""
    fixed: bool = True
    more: bool = False
    sure: bool = True
    either: str = ""
    apart: bool = False


def uses(lines: list[str]) -> Iterator[Use]:
    """Yield what calls v1beta1, line by line; a path without a base URL may be of something else."""
    named: dict[str, list[tuple[int, str]]] = {}
    bases: list[Use] = []
    begun: list[Use] = []
    versions = versions_of(lines)
    told: set[int] = set()
    explained = not versions.apis
    for number, line in enumerate(lines):
        for use in _in_line(lines, number, line, versions):
            if use.path and not use.more and is_base(lines, number, use.column - 1):
                bases.append(use)
            else:
                yield use
                begun += [use] * (use.more and use.path.endswith("{}"))
            told.add(number)
            explained = explained or use.apart or not use.fixed
            name = name_of(lines, number, use.column - 1) if use.path and not use.more else ""
            if name and (name in named or len(named) < _MOST_NAMES):
                named.setdefault(name, []).append((number, use.path))
    if bases or begun:
        yield from _below_clients(lines, bases, begun)
    if named:
        yield from _below_names(lines, Names(lines, named))
    if not explained:
        yield from _alone(lines, versions, told)


def _alone(lines: list[str], versions: Versions, told: set[int]) -> Iterator[Use]:
    """Yield where the version stands by itself, of which no URL is known that it becomes a part of."""
    for number, at in versions.places:
        if number not in told:
            text = lines[number].strip()
            yield Use(line=number + 1, column=at + 1, text=text, sure=False, apart=True)


def _below_names(lines: list[str], names: Names) -> Iterator[Use]:
    """Yield what is called below a path that was given a name; something else may have that name too."""
    for number, line in enumerate(lines):
        if "/" not in line or not names.are_in(line):
            continue
        joined = _JOIN.sub(_filled, line)
        for start, end, path in names.below(joined, number):
            yield Use(
                line=number + 1,
                column=min(start, len(line)) + 1,
                text=line.strip(),
                path=_generic(path),
                method=_method(lines, number),
                more=_GOES_ON.match(joined, end) is not None,
                sure=False,
            )


def _below_clients(lines: list[str], bases: list[Use], begun: list[Use]) -> Iterator[Use]:
    """Yield the base URLs of clients, and what is called below them; without a call, it is elsewhere.

    ``begun`` are paths whose rest their function is given, as by ``call("GET", "/alerts")``.
    """
    others = strangers(lines, {base.line - 1 for base in bases})
    givers = {(each.path, function_of(lines, each.line - 1)) for each in begun}
    found = [
        Use(
            line=number + 1,
            column=min(start, len(line)) + 1,
            text=line.strip(),
            path=base + _generic(path),
            method=_method(lines, number),
            more=_GOES_ON.match(joined, end) is not None,
            sure=False,
        )
        for number, line in enumerate(lines)
        for joined in (_JOIN.sub(_filled, line),)
        for start, end, path in below(joined, others)
        for base in sorted(
            {each.path for each in bases}
            | {given for given, function in givers if path and is_given(joined[:start], function)}
        )
    ]
    if any(each.method for each in found):
        yield from (replace(base, path="", method="") for base in bases if base.api)
    else:
        yield from (replace(base, more=True) for base in bases)
    yield from found


def _in_line(lines: list[str], number: int, line: str, versions: Versions) -> Iterator[Use]:
    listed = versions.joined(line)
    if "/" not in listed and "organizations" not in line:
        return
    joined = versions.joined(_JOIN.sub(_filled, _whole(lines, number)))
    if "organizations" in joined and _JOINED.search(joined):
        joined = _ARGUMENTS.sub(_slashed, joined)
    told = cache(lambda: _method(lines, number))
    spans: list[tuple[int, int]] = []
    for base in _BASE.finditer(joined):
        path = _SEGMENTS.match(joined, base.end())
        sure = _is_vendors(joined, base, path, versions)
        if sure is None:
            continue
        end = path.end() if path else base.end()
        spans.append((base.start(), end))
        yield Use(
            line=number + 1,
            column=min(base.start(), len(line)) + 1,
            text=line.strip(),
            api=base["api"] or base["either"],
            path=_generic(path[0]) if path else "",
            method=told() if path else "",
            fixed=base["version"] in (None, "v1beta1", APART),
            more=_goes_further(joined, end, path),
            sure=sure,
            either=base["either"] or "",
            apart=base["version"] == APART,
        )
    for use in _without_base(line, number, joined, spans, told):
        if not (_is_told_above(lines, number, use) or use.column > len(line)):
            yield use


def _is_told_above(lines: list[str], number: int, use: Use) -> bool:
    """Say whether a path begins a string that goes on with the one before, in which it was found already."""
    begins, above = _STRING_BEGINS.match(lines[number]), lines[number - 1] if number else ""
    ends = _STRING_ENDS.search(above)
    if begins is None or ends is None or begins["quote"] != ends["quote"]:
        return False
    return use.column - 1 == begins.end() and _BASE.search(above) is not None


def _without_base(
    line: str, number: int, joined: str, spans: list[tuple[int, int]], told: Callable[[], str]
) -> Iterator[Use]:
    waiting = iter([*spans, (len(joined), len(joined))])
    span = next(waiting)
    for root in _ROOT.finditer(joined):
        while span[1] <= root.start():
            span = next(waiting)
        if span[0] <= root.start():
            continue
        before = joined[max(0, root.start() - _BEFORE) : root.start()]
        if _NEWER.search(before) or _WORD.search(before):
            continue
        yield Use(
            line=number + 1,
            column=min(root.start(), len(line)) + 1,
            text=line.strip(),
            path=_generic(f"/{root[0].removeprefix('/')}"),
            method=told(),
            more=_goes_further(joined, root.end(), root),
        )


def _is_vendors(
    joined: str, base: re.Match[str], path: re.Match[str] | None, versions: Versions
) -> bool | None:
    """Say whether a base URL is the vendor's: surely, beside others of it, or not at all.

    Packages and groups of Kubernetes are called ``iam/v1beta1`` and ``platform/v1beta1`` too.
    """
    word = _WORD.search(joined[max(0, base.start() - _BEFORE) : base.start()])
    before = word[0] if word else ""
    if _VENDOR.search(before + base[0]) or (path and _OPERATION.match(path[0])):
        return True
    if before and not before.isdigit():  # a port is the end of a host
        return None
    if base["either"]:
        return False
    if base["version"] != "v1beta1" and not versions.are_in(base["version"]):
        return False if _CALLED_VERSION.search(base["version"]) else None
    return not base[0].startswith("http") or _HOST_ALONE.match(base[0]) is not None


def _goes_further(joined: str, end: int, path: re.Match[str] | None) -> bool:
    return _GOES_ON.match(joined, end) is not None or bool(path and _TWO.search(path[0]))


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
    more = "{x}{x}" if _SPREAD.match(match.string, match.end()) else ""
    first = (match["first"] or "organizations").strip("/")
    slash = "" if first.startswith("http") else "/"
    return f'"{slash}{first}/{"/".join(segments)}{f"/{more}" if more else ""}"'


def _filled(match: re.Match[str]) -> str:
    """Write ``"/a/" + x + "/b"`` as ``"/a/{x}/b"``; of quotes that differ the join is none."""
    filled = "{" + _NO_NAME.sub("", match["name"]) + "}"
    if match[3] is None:
        return filled + match[1]
    return filled if match[3] == match[1] else match[0]


def _generic(path: str) -> str:
    """Write ``{}`` for every segment that is filled in."""
    segments = path.rstrip("/.").split("/")
    return "/".join("{}" if re.search(r"[{}$%<>:(]", segment) else segment for segment in segments)


def _method(lines: list[str], number: int) -> str:
    """Return the method that the line tells, or one near it that is of the same statement."""
    command = _command(lines, number)
    if _CURL.search(command) or len(command) > len(lines[number]) + 1:
        return _told(command)
    found = _told(lines[number])
    above, below = number, number
    while not found and above > max(0, number - _AROUND) and _OPEN.search(lines[above - 1]):
        above -= 1
        found = _told(lines[above])
    while not found and below < min(len(lines) - 1, number + _AROUND) and _goes_on(lines, below):
        below += 1
        found = _told(lines[below])
    return found


def _command(lines: list[str], number: int) -> str:
    """Return a line with all that backslashes tie to it: curl's options may stand anywhere in a command."""
    first = last = number
    while first > max(0, number - _COMMAND) and lines[first - 1].rstrip().endswith("\\"):
        first -= 1
    while last < min(len(lines) - 1, number + _COMMAND) and lines[last].rstrip().endswith("\\"):
        last += 1
    return " ".join(line.rstrip().removesuffix("\\") for line in lines[first : last + 1])


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
        return "POST" if _CURL_SENDS.search(line) and not _CURL_GETS.search(line) else "GET"
    return "GET" if _WGET.search(line) else ""
