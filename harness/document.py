"""Reads YAML and JSON documents into plain data, and remembers the line of every node.

YAML here holds JSON values and nothing else: only ``true`` and ``false`` are booleans, numbers are
written as in JSON, and everything else (dates, ``yes``, ``0x1F``, ``007``) stays the text it is.
JSON is read by the same parser, because JSON is YAML.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from harness.errors import HarnessError, Problem
from harness.exchange import Json
from harness.files import file_bytes
from harness.struct import Struct

if TYPE_CHECKING:
    _Base: TypeAlias = yaml.SafeLoader
else:
    # The C parser is about ten times faster; a PyYAML that was built without it still works.
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

NodePath: TypeAlias = tuple[str | int, ...]
"""The keys and indices that lead from the root to a node; ``()`` is the root."""

MAX_DEPTH: Final = 200
"""Mappings and lists inside each other; deeper than this is damage or an attack."""
MAX_ALIASED: Final = 100_000
"""Nodes that aliases may repeat in one document; ten aliases of ten aliases grow without end."""

_TOO_DEEP: Final = f"more than {MAX_DEPTH} levels inside each other"
_NESTING: Final = "nesting depth"
"""What libyaml's own limit says of itself, in the versions that have one."""
_SHALLOW_SIZE: Final = MAX_DEPTH * MAX_DEPTH // 2
"""Characters that indentation alone needs to be too deep."""
_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"(\s*+:)?+')
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class DocumentError(HarnessError):
    """A file cannot be read, or its text is not one YAML or JSON document.

    ``document`` is what else the text holds, with null in place of values that cannot be read, and without
    such keys; None where there is none.
    """

    def __init__(self, *problems: Problem, document: Document | None = None) -> None:
        """Keep the problems, and what could be read."""
        super().__init__(*problems)
        self.document = document


class Document(Struct, frozen=True, kw_only=True):
    """A document's data and the 1-based line of every node; a key's line stands for its value."""

    data: Json
    lines: Mapping[NodePath, int]

    def line(self, path: NodePath) -> int:
        """Return the line of that node, or of the nearest node above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class Span(Struct, frozen=True, kw_only=True):
    """Where a node stands in its text: lines and columns from 0, the end is that of its last content.

    ``flow``: it is written in brackets, so that its end is behind the closing one.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    flow: bool


class _Loader(_Base):
    """The safe loader with JSON's scalars in place of YAML 1.1's."""


_Loader.yaml_implicit_resolvers = {}

for _kind, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", [*"~nN", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", list("-0123456789")),
    ("merge", r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_kind}", re.compile(_pattern), _first)


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_SCALARS: Final[Mapping[str, Callable[[str], Json]]] = {
    f"{_TAG}str": str,
    f"{_TAG}null": lambda _: None,
    f"{_TAG}bool": _boolean,
    f"{_TAG}int": int,
    f"{_TAG}float": _number,
    _MERGE: str,
}


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file.

    Raises:
        DocumentError: The file does not exist, cannot be read, or is not UTF-8.
    """
    try:
        text = file_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            Problem(where=f"{path}:{line}", what="the text is not UTF-8", advice="Save the file as UTF-8.")
        ) from error
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        raise DocumentError(Problem(where=str(path), what=what)) from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_document(text: str, where: str, *, scalar_keys: bool = False) -> Document:
    """Read one YAML or JSON document.

    Args:
        text: The document's text; an empty one is the value null.
        where: The file's name for messages.
        scalar_keys: Take a key such as ``200`` as the text ``"200"`` instead of refusing it.

    Raises:
        DocumentError: The text is not one document of JSON values. Syntax errors end the reading;
            everything else (duplicate keys, keys that are no strings, tags) is listed at once.
    """
    try:
        root = _compose(text, where)
    except yaml.MarkedYAMLError as error:
        raise DocumentError(_syntax_problem(error, text, where)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{_code(error.character):04X} is not allowed"
        raise DocumentError(Problem(where=f"{where}:{line}", what=what, advice="Remove it.")) from error
    except UnicodeError as error:
        what = "the text holds a character that is half of one"
        raise DocumentError(Problem(where=where, what=what, advice="Save the file as UTF-8.")) from error
    if root is None:
        return Document(data=None, lines={(): 1})
    builder = _Builder(where=where, scalar_keys=scalar_keys)
    builder.lines[()] = root.start_mark.line + 1
    document = Document(data=builder.value(root, ()), lines=builder.lines)
    if builder.problems:
        raise DocumentError(*builder.problems, document=document)
    return document


def span_of(text: str, where: str, path: NodePath) -> Span | None:
    """Return where a node stands in a text that :func:`read_document` reads; None where it is not there.

    Columns count characters. Comments and blank lines behind a node are not its own.
    """
    node = _compose(text, where)
    for part in path:
        node = _child(node, part)
    if node is None:
        return None
    end = _end(node)
    start = node.start_mark
    flow = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
    return Span(line=start.line, column=start.column, end_line=end.line, end_column=end.column, flow=flow)


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    inside = isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
    return node.value[part] if node is not None and inside else None


def _end(node: yaml.Node) -> yaml.Mark:
    """Return the end of the last thing in a node: that of a block is where the next one begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node.end_mark


def _compose(text: str, where: str) -> yaml.Node | None:
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        # JSON writes a character beyond U+FFFF as two escapes, YAML as one.
        text = _SURROGATES.sub(_join_surrogates, text)
        try:
            return _compose_yaml(text, where)
        except yaml.MarkedYAMLError:
            # A key of YAML is at most 1,024 characters on the line of its colon, unless it is marked as one.
            marked = _JSON_STRING.sub(lambda found: f"? {found[0]}" if found[1] else found[0], text)
            with suppress(yaml.MarkedYAMLError):
                return _compose_yaml(marked, where)
            raise
    return _compose_yaml(text, where)


def _compose_yaml(text: str, where: str) -> yaml.Node | None:
    if len(text) > _SHALLOW_SIZE or sum(map(text.count, "[{-?")) >= MAX_DEPTH:
        _check_depth(text, where)
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return node


def _check_depth(text: str, where: str) -> None:
    """Refuse what is too deep: the C composer calls itself for each level.

    A libyaml that has a limit of its own reads ahead, and may refuse the text before its first event.
    """
    depth, line = 0, 1
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else 1
                break
        else:
            return
    except yaml.MarkedYAMLError as error:
        if _NESTING not in (error.problem or ""):
            raise
        line = error.problem_mark.line + 1 if error.problem_mark else 1
    raise DocumentError(Problem(where=f"{where}:{line}", what=_TOO_DEEP))


def _join_surrogates(match: re.Match[str]) -> str:
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _code(character: object) -> int:
    if isinstance(character, int):
        return character
    return ord(character[:1]) if isinstance(character, str | bytes) and character else 0


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, where: str) -> Problem:
    lines = text.splitlines() or [""]
    mark, start = error.problem_mark, error.context_mark
    line = min(mark.line + 1 if mark else 1, len(lines))
    what = " ".join(part for part in (error.context, error.problem) if part)
    if start and start.line + 1 < line:
        what += f", from line {start.line + 1} on"
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    advice = "Check brackets, quotes and indentation here and in the lines above."
    if "single document" in what:
        what, advice = "there are several documents in one file", "Write one document a file, without `---`."
    elif "\t" in indent:
        what, advice = "a tab is used for indentation", "Indent with spaces."
    elif "mapping values are not allowed" in what:
        advice = "Put a value that holds `: ` in quotes, and check the indentation."
    elif "cannot start any token" in what or "alias" in what:
        advice = "Put the value in quotes if it is meant as text."
    return Problem(where=f"{where}:{line}", what=what, advice=advice)


class _Builder:
    """Turns composed nodes into plain data, collecting lines and problems."""

    def __init__(self, *, where: str, scalar_keys: bool) -> None:
        self.where = where
        self.scalar_keys = scalar_keys
        self.lines: dict[NodePath, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        self._aliased = 0

    def value(self, node: yaml.Node, path: NodePath) -> Json:
        """Return the data of a node; what cannot be read becomes null and a problem."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if len(path) >= MAX_DEPTH:
            self._fail(node, f"{_TOO_DEEP}, or an alias holds itself")
        elif node.tag not in {f"{_TAG}map", f"{_TAG}seq"}:
            self._refuse_tag(node)
        elif self._within_budget(node):
            return self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._list(node, path)
        return None

    def _list(self, node: yaml.Node, path: NodePath) -> Json:
        items: list[Json] = []
        for index, child in enumerate(node.value):
            place = (*path, index)
            self.lines[place] = child.start_mark.line + 1
            items.append(self.value(child, place))
        return items

    def _within_budget(self, node: yaml.Node) -> bool:
        if id(node) not in self._seen:
            self._seen.add(id(node))
            return True
        if self._aliased <= MAX_ALIASED:
            self._aliased += 1 + len(node.value)
            if self._aliased > MAX_ALIASED:
                self._fail(node, f"aliases repeat more than {MAX_ALIASED} nodes", "Write the values out.")
        return self._aliased <= MAX_ALIASED

    def _mapping(self, node: yaml.MappingNode, path: NodePath) -> Json:
        result: dict[str, Json] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merged.append(value_node)
                continue
            key = self._key(key_node)
            if key in result:
                what = f"the key `{key}` is already on line {self.lines[(*path, key)]}"
                self._fail(key_node, what, "Remove or rename one of them.")
            elif key is not None:
                self._put(result, key, key_node, value_node, path)
        for source in merged:
            self._merge(source, path, result, depth=len(path))
        return result

    def _put(
        self, result: dict[str, Json], key: str, key_node: yaml.Node, value_node: yaml.Node, path: NodePath
    ) -> None:
        place = (*path, key)
        self.lines[place] = key_node.start_mark.line + 1
        result[key] = self.value(value_node, place)

    def _merge(self, source: yaml.Node, path: NodePath, result: dict[str, Json], *, depth: int) -> None:
        """Add what ``<<: *alias`` names to the keys that the mapping has itself; the first one wins."""
        if isinstance(source, yaml.SequenceNode) and self._within_budget(source):
            for child in source.value:
                self._merge(child, path, result, depth=depth + 1)
        elif depth >= MAX_DEPTH:
            self._fail(source, f"{_TOO_DEEP}, or an alias holds itself")
        elif not isinstance(source, yaml.MappingNode):
            self._fail(source, "`<<` takes a mapping or a list of mappings", "Write an alias of a mapping.")
        elif self._within_budget(source):
            for key_node, value_node in source.value:
                if key_node.tag == _MERGE:
                    self._merge(value_node, path, result, depth=depth + 1)
                elif (key := self._key(key_node)) is not None and key not in result:
                    self._put(result, key, key_node, value_node, path)

    def _key(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode) and (self.scalar_keys or node.tag == f"{_TAG}str"):
            return str(node.value)
        shown = f"`{node.value}`" if isinstance(node, yaml.ScalarNode) else "a list or mapping"
        self._fail(node, f"the key {shown} is not text", "Put the key in quotes.")
        return None

    def _scalar(self, node: yaml.ScalarNode) -> Json:
        convert = _SCALARS.get(node.tag)
        if convert is None:
            self._refuse_tag(node)
            return None
        try:
            return convert(str(node.value))
        except ValueError:
            shown = str(node.value)[:40]
            self._fail(node, f"`{shown}` is no number or boolean that JSON knows", "Put it in quotes.")
            return None

    def _refuse_tag(self, node: yaml.Node) -> None:
        tag = node.tag.replace(_TAG, "!!")
        self._fail(node, f"the tag {tag} is not supported", "Remove the tag.")

    def _fail(self, node: yaml.Node, what: str, advice: str = "") -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(where=f"{self.where}:{line}", what=what, advice=advice))
