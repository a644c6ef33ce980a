"""What a source tree calls of v1beta1, where that lands in v1, and what of it v1 does not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path

from harness.contract import Contract, Operation
from harness.contract_diff import contract_diff
from harness.errors import ContractError
from harness.judge import Judge
from harness.landing import Landing, where
from harness.scan.fields import Field, fields_of, structs_of, used_near
from harness.scan.files import Source, Walked, sources
from harness.scan.lines import Lines, lines_of, settings_of
from harness.scan.paths import MARKS, Use, uses
from harness.struct import Struct, field, replace

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BASE = re.compile(r"(?:/|(?<=[\"'`}]))(?:iam|platform)/v1beta1\b")
_LOOKED_FOR = 100
"""Unknown paths whose nearest ones are looked for: in a tree with more of them somebody generated them."""
_VENDOR = re.compile(r"astronomer\b|\bastro[_-]?api", re.IGNORECASE)


class Kind(StrEnum):
    """What was found at a place."""

    BASE_URL = "base-url"
    """A base URL of v1beta1, without an endpoint."""
    CALL = "call"
    """An endpoint."""
    FIELD = "field"
    """A field that v1 lacks or calls otherwise, next to a call that has it in v1beta1."""


class Effort(StrEnum):
    """What a place asks for, worst first."""

    UNSUPPORTED = "unsupported"
    """v1 does not have the operation: it needs another way."""
    CHANGE = "change"
    """The line, or what it does with the answer, must change."""
    REVIEW = "review"
    """Nobody can tell from the text: a person must look."""
    NONE = "none"
    """Nothing here: the base URL stands elsewhere, and the path stays."""


class Found(Struct, frozen=True, kw_only=True):
    """One place that has to do with v1beta1; ``line`` and ``column`` count from 1, ``path`` is the file's.

    ``text`` is the line without its indentation, ``replacement`` what to write in its place, empty where
    there is nothing to write. ``operations`` are ids of v1beta1: several where the method is not known.
    ``says`` are sentences.
    """

    path: str
    line: int
    column: int
    kind: Kind
    effort: Effort
    text: str
    replacement: str = ""
    method: str = ""
    endpoint: str = ""
    operations: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


class Scan(Struct, frozen=True, kw_only=True):
    """What a scan found, by file and line; ``skipped`` are files that were not read, with the reason."""

    files: int
    found: tuple[Found, ...]
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """1 where something is to be changed or looked at, else 0."""
        return int(any(each.effort is not Effort.NONE for each in self.found))


def scan(roots: Collection[Path], judge: Judge, without: Collection[Path] = ()) -> Scan:
    """Read source trees, or single files, and say what they call of v1beta1.

    Args:
        roots: Directories and files. What git ignores in them is left out.
        judge: The contracts and severities.
        without: Directories that are left out too, such as those that the harness writes.

    Raises:
        UsageError: There is no such path.
    """
    walked = Walked()
    reader = _Reader(judge)
    for root in roots:
        for source in sources(root, MARKS, walked, without):
            shown = (
                source.path if root in (Path(), Path(root.name)) and root.is_file() else _shown(root, source)
            )
            reader.read(shown, source)
    return Scan(files=walked.files, found=tuple(reader.judged()), skipped=walked.skipped or {})


def _shown(root: Path, source: Source) -> str:
    """Return a path that the caller can open: below the root as it was named."""
    return str(root) if root.is_file() else (root / source.path).as_posix()


class _Reader:
    """Reads files, and judges what it found when all of them are read."""

    def __init__(self, judge: Judge) -> None:
        self._contract: Contract = judge.baseline
        self._candidate: Contract = judge.candidate
        self._landings: dict[str, Landing] = {}
        self._unknown: dict[tuple[str, str], str] = {}
        self._fields = fields_of(contract_diff(judge))
        self._read: list[tuple[str, Lines, list[Use]]] = []
        self._vendors: set[str] = set()
        """Directories with a file that names the vendor's base URL."""

    def read(self, path: str, source: Source) -> None:
        lines = lines_of(source)
        found = list(uses(lines.texts))
        if any(use.api and use.sure for use in found) or (found and _VENDOR.search(source.text)):
            self._vendors.add(path)
            self._vendors.add(path.rpartition("/")[0] + "/")
        own = settings_of(source) if found else frozenset()
        found = [use for use in found if lines.numbers[use.line - 1] not in own]
        if found:
            self._read.append((path, lines, found))

    def judged(self) -> Iterator[Found]:
        for path, lines, found in self._read:
            structs = structs_of(lines.texts)
            every = dict.fromkeys(
                _placed(each, lines) for use in found for each in self._of(path, lines.texts, use, structs)
            )
            yield from sorted(every, key=lambda each: (each.line, each.column, each.kind))

    def _of(self, path: str, lines: list[str], use: Use, structs: dict[str, range]) -> Iterator[Found]:
        if not use.sure and not self._is_vendors(path):
            return  # a version of something else
        if not use.path:
            yield self._base_url(path, use)
            return
        operations = self._operations(use)
        counts = operations or (use.sure and (use.more or path in self._vendors))
        if not use.api and not (counts and self._is_vendors(path)):
            return  # a path of some other service
        yield self._call(path, use, operations)
        if use.more:
            return  # of which operation they are is not known
        fields = tuple(one for each in operations for one in self._fields.get(each.id, ()))
        places: dict[tuple[int, int], list[Field]] = {}
        for line, column, one in used_near(lines, use.line, fields, structs):
            places.setdefault((line, column), []).append(one)
        for place, several in places.items():
            yield _field(path, lines[place[0] - 1].strip(), place, several)

    def _is_vendors(self, path: str) -> bool:
        directory = path.rpartition("/")[0]
        return path in self._vendors or f"{directory}/" in self._vendors

    def _operations(self, use: Use) -> tuple[Operation, ...]:
        methods = [use.method] if use.method else _METHODS
        found = [self._contract.find(method, use.path) for method in methods]
        every = found if any(found) else [self._contract.find(method, use.path) for method in _METHODS]
        return tuple(each for each in every if each is not None and _fits(each, use.path))

    def _in_a_variable(self, use: Use) -> bool:
        """Say whether the last segment stands for words of the contract."""
        above, _, last = re.sub(r"\{[^{}]*\}", "{}", use.path).rpartition("/")
        return last == "{}" and any(
            re.sub(r"\{[^{}]*\}", "{}", each.path).startswith(f"{above}/")
            for each in self._contract.operations
        )

    def _base_url(self, path: str, use: Use) -> Found:
        return Found(
            path=path,
            line=use.line,
            column=use.column,
            kind=Kind.BASE_URL,
            effort=Effort.CHANGE if use.api else Effort.REVIEW,
            text=use.text,
            replacement="" if use.apart else _moved(use),
            says=_said(use),
        )

    def _call(self, path: str, use: Use, operations: tuple[Operation, ...]) -> Found:
        landings = [self._landing(each) for each in operations]
        gone = [each for each in landings if not each.supported]
        says: list[str] = []
        effort = Effort.CHANGE if use.api else Effort.NONE
        endpoint = use.path
        if use.more or (not operations and self._in_a_variable(use)):
            effort, says, operations = Effort.REVIEW, [_MORE], ()
            endpoint = f"{use.path if use.more else use.path.rpartition('/')[0]}/..."
        elif not operations:
            effort, says = Effort.REVIEW, [self._nearest(use)]
        elif len(gone) == len(landings):
            effort = Effort.UNSUPPORTED
            says = [f"v1 does not support {_names(gone)}.", *_advice(gone)]
        elif gone:
            effort = Effort.REVIEW
            says = [f"v1 does not support {_names(gone)}: look which method is sent here.", *_advice(gone)]
        if use.api and not use.fixed and effort is not Effort.UNSUPPORTED:
            says.append(_IN_A_VARIABLE)
        if use.either and effort is not Effort.UNSUPPORTED:
            says.append(_EITHER)
        return Found(
            path=path,
            line=use.line,
            column=use.column,
            kind=Kind.CALL,
            effort=effort,
            text=use.text,
            replacement="" if effort is Effort.UNSUPPORTED else _moved(use),
            method=use.method,
            endpoint=endpoint,
            operations=tuple(each.id for each in operations),
            says=tuple(says),
        )

    def _landing(self, operation: Operation) -> Landing:
        if operation.id not in self._landings:
            landing = where(operation.method, operation.path, self._contract, self._candidate)
            self._landings[operation.id] = landing
        return self._landings[operation.id]

    def _nearest(self, use: Use) -> str:
        method = use.method or "GET"
        known = self._unknown.get((method, use.path))
        if known is not None:
            return known
        said = f"v1beta1 has no operation {method} {use.path}."
        if len(self._unknown) < _LOOKED_FOR:
            try:
                where(method, use.path, self._contract, self._candidate)
            except ContractError as error:
                said = str(error)
            self._unknown[method, use.path] = said
        return said


_MORE = "The path goes on in a way that is not understood here: look which operation is called."
_IN_A_VARIABLE = "The version is in a variable: give it the value v1, and leave out `iam` and `platform`."

_APART = (
    "The version stands apart from its URL: where that is one of the vendor's, write v1, "
    "and leave out `iam` and `platform`."
)
_EITHER = "`iam` or `platform` is in a variable: v1 has one base URL for both, without it."


def _said(use: Use) -> tuple[str, ...]:
    """Return what there is to say of a base URL."""
    if use.apart:
        return (_APART,)
    return (_EITHER,) if use.either else () if use.fixed else (_IN_A_VARIABLE,)


def _placed(found: Found, lines: Lines) -> Found:
    """Give a place in the lines of a file its place in the file."""
    number = found.line - 1
    return replace(found, line=lines.numbers[number], column=found.column + lines.columns[number])


def _fits(operation: Operation, path: str) -> bool:
    """Say whether literal segments stand where the contract has them: an id may not be one of its words."""
    pairs = zip(operation.path.strip("/").split("/"), path.strip("/").split("/"), strict=True)
    return all(mine.startswith("{") or mine == theirs for mine, theirs in pairs)


def _moved(use: Use) -> str:
    """Return the line with v1's base URL; empty where it has none, or where a value would be left over."""
    if re.fullmatch(r"%(?:\[\d+\])?[sdvq]|\{\d*\}", use.either):
        return ""
    either = f"|/{re.escape(use.either)}/v1beta1\\b" if use.either else ""
    changed = re.sub(_BASE.pattern + either, lambda match: "/v1" if match[0][0] == "/" else "v1", use.text)
    return changed if changed != use.text else ""


def _advice(gone: list[Landing]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence for each in gone for sentence in each.advice))


def _field(path: str, text: str, place: tuple[int, int], fields: list[Field]) -> Found:
    """Say what is different about a field; of several operations one is called, and nobody knows which."""
    first = fields[0]
    operations = tuple(dict.fromkeys(each.operation for each in fields))
    finding = first.documented.finding
    verb = "sent" if first.sent else "read"
    return Found(
        path=path,
        line=place[0],
        column=place[1],
        kind=Kind.FIELD,
        effort=Effort.CHANGE if len(operations) == 1 else Effort.REVIEW,
        text=text,
        operations=operations,
        says=(
            f"`{first.name}` is {verb} next to a call of {' or '.join(operations)}.",
            finding.explanation,
            first.remedy,
        ),
    )


def _names(landings: list[Landing]) -> str:
    return ", ".join(each.baseline.id for each in landings)
