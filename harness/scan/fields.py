"""Names of fields that v1 no longer has, where source text uses them next to a call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from harness.contract_diff import ContractDiff, Documented, Part
from harness.rules import Severity
from harness.struct import Struct

_REACH = 40
"""Lines below a call in which its answer is read; above it, in which its request is put together."""

_TAG = r"\bjson:\""
_STRUCT = re.compile(r"\s*type\s+(?P<name>\w+)\s+struct\b")
_ENDS = re.compile(r"\s*(?:async\s+)?(?:(?:def|class|func|function|fn|export)\b|(?:resource|data)\s+\"?\w)")


class Field(Struct, frozen=True, kw_only=True):
    """A documented difference that meets who reads, or sends, a field of one name."""

    name: str
    sent: bool
    operation: str
    documented: Documented

    @property
    def remedy(self) -> str:
        """What to do in the code."""
        finding = self.documented.finding
        if not self.sent:
            return finding.remedy
        newer = finding.difference.to.rpartition(".")[2]
        return f"Send `{newer}` in its place." if newer else f"Do not send `{self.name}` to v1."


def fields_of(diff: ContractDiff) -> dict[str, tuple[Field, ...]]:
    """Return by operation the fields of v1beta1 that v1 lacks or calls otherwise."""
    return {
        each.id: tuple(
            Field(name=name, sent=one.part is not Part.RESPONSE, operation=each.id, documented=one)
            for one in each.documented
            if one.finding.severity is not Severity.INFO and (name := _name(one))
        )
        for each in diff.operations
    }


def _name(documented: Documented) -> str:
    """Return the name of the field that is gone; empty where a difference is about something else."""
    finding = documented.finding
    if finding.rule not in {"property-removed", "property-renamed", "request-not-accepted"}:
        return ""
    return finding.difference.path.rpartition(".")[2]


def used_near(
    lines: list[str], call: int, fields: tuple[Field, ...], structs: dict[str, range] | None = None
) -> Iterator[tuple[int, int, Field]]:
    """Yield line and column, from 1, where a field of a call is used; ``call`` is the call's line, from 1.

    A field that is read is looked for below the call, one that is sent above it too; both end where another
    function begins. What Go reads an answer into may stand anywhere in the file: ``structs`` are those of it.
    """
    if not fields:
        return
    first, last = _reach(lines, call - 1)
    named = _named(lines, range(first, last), structs_of(lines) if structs is None else structs)
    for field in fields:
        pattern = _pattern(field.name, field.sent)
        near = range(first if field.sent else call - 1, last)
        for number in (*near, *(() if field.sent else named)):
            found = pattern.search(lines[number])
            if found:
                yield number + 1, found.start("name") + 1, field
                break


def _reach(lines: list[str], call: int) -> tuple[int, int]:
    first = call
    while first > max(0, call - _REACH) and not _ENDS.match(lines[first]):
        first -= 1
    last = call + 1
    while last < min(len(lines), call + _REACH) and not _ENDS.match(lines[last]):
        last += 1
    return first, last


def structs_of(lines: list[str]) -> dict[str, range]:
    """Return the lines of each of Go's structs in a file, by its name."""
    structs: dict[str, range] = {}
    waiting: list[tuple[str, int]] = []
    for number, line in enumerate(lines):
        begins = _STRUCT.match(line)
        if begins:
            waiting.append((begins["name"], number + 1))
        if line.startswith("}"):
            structs |= {name: range(first, number) for name, first in waiting}
            waiting = []
    return structs


def _named(lines: list[str], near: range, structs: dict[str, range]) -> list[int]:
    """Return the lines of Go's structs that are named near a call, or in such a struct."""
    found: list[int] = []
    seen: set[str] = set()
    looked = [lines[number] for number in near] if structs else []
    while looked:
        words = dict.fromkeys(re.findall(r"\w+", " ".join(looked)))
        meant = [name for name in words if name in structs and name not in seen]
        seen.update(meant)
        new = [number for name in meant for number in structs[name]]
        found += new
        looked = [lines[number] for number in new]
    return found


@lru_cache(maxsize=256)
def _pattern(name: str, sent: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache takes what it is given
    word = re.escape(name)
    if sent:
        # {"type": ...}, type=..., {type: ...}, ?type=..., params["type"] = ...
        return re.compile(rf"(?<![\w.$])[\"']?(?P<name>{word})[\"']?\]?\s*[:=](?!=)")
    exported = word[:1].upper() + word[1:]
    # x["type"], x.get("type"), x.type, x?.type, jq '.tokens[].type', Go's x.Type
    accessed = rf"(?:\[\s*[\"']|\.get\(\s*[\"']|\.)(?=(?:{word}|{exported})\b(?![\w(]|[\"']?\]?\s*=[^=]))"
    # const { type } = x, ({ type }) =>
    taken = rf"(?:\b(?:const|let|var)|\()\s*\{{(?:[^{{}}]*[\s,])?(?={word}\b[^{{}}]*\}}\s*(?:=(?!=)|\)\s*=>))"
    return re.compile(rf"(?:{accessed}|{taken}|{_TAG}(?={word}[\",]))(?P<name>{word}|{exported})\b")
