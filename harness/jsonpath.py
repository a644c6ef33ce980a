"""RFC 9535 JSONPath, and the only reader of it: values out of response bodies.

The library is imported when there is a path to read: many scenarios have none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError, Problem
from harness.exchange import Json
from harness.struct import Struct, replace

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathNode, JSONPathQuery

_SHOWN = 200
"""Characters of a path that messages repeat."""
_ODD_NAME = re.compile(r"\.([A-Za-z_]\w*-[\w-]*|\d[\w-]*)")


class JsonPathError(HarnessError):
    """A text is not a JSONPath, or a path that must lead to a value leads to none."""


class Match(Struct, frozen=True, kw_only=True):
    """One value that a path leads to; ``path`` is its normalized path, such as ``$['tokens'][0]``.

    ``keys`` are the same as keys and indices: ``("tokens", 0)``.
    """

    path: str
    keys: tuple[str | int, ...]
    value: Json


def check_path(path: str, where: str = "") -> None:
    """Say nothing about a good path.

    Raises:
        JsonPathError: The text is not a JSONPath; the problem is at ``where``.
    """
    try:
        _compiled(path)
    except JsonPathError as error:
        raise JsonPathError(*(replace(problem, where=where) for problem in error.problems)) from error


def is_listing(path: str) -> bool:
    """Whether the path asks for all of something: with ``[*]``, a slice, ``..`` or several names.

    A filter does not: ``$.tokens[?@.name == 'nightly'].id`` looks for one.

    Raises:
        JsonPathError: The text is not a JSONPath.
    """
    from jsonpath_rfc9535.segments import JSONPathChildSegment
    from jsonpath_rfc9535.selectors import SliceSelector, WildcardSelector

    return any(
        not isinstance(segment, JSONPathChildSegment)
        or len(segment.selectors) > 1
        or isinstance(segment.selectors[0], WildcardSelector | SliceSelector)
        for segment in _compiled(path).segments
    )


def find(path: str, data: Json) -> list[Match]:
    """Return every value that the path leads to, in the order of the data.

    Raises:
        JsonPathError: The text is not a JSONPath, or the data is nested too deep.
    """
    nodes = _nodes(path, data)
    return [Match(path=node.path(), keys=node.location, value=_value(node)) for node in nodes]


def _nodes(path: str, data: Json) -> list[JSONPathNode]:
    query = _compiled(path)
    from jsonpath_rfc9535 import JSONPathError

    try:
        return list(query.find(data))
    except (JSONPathError, RecursionError) as error:
        what = f"`{path}` cannot be followed: the data is nested too deep"
        raise JsonPathError(Problem(where="", what=what)) from error


def _value(node: JSONPathNode) -> Json:
    value: Any = node.value  # the library types it as object, whatever the data's type is
    found: Json = value
    return found


@lru_cache(maxsize=4096)
def _compiled(path: str) -> JSONPathQuery:
    from jsonpath_rfc9535 import JSONPathError, compile  # noqa: A004 - its name for it

    try:
        return compile(path)
    except JSONPathError as error:
        at = error.token.index + 1 if error.token else 1
        shown = path if len(path) <= _SHOWN else f"{path[:_SHOWN]}..."
        what = f"`{shown}` is no JSONPath, it cannot be read from character {at} on"
        raise JsonPathError(Problem(where="", what=what, advice=_advice(path))) from error
    except RecursionError as error:
        problem = Problem(where="", what="the JSONPath is nested too deep", advice="Write a simpler one.")
        raise JsonPathError(problem) from error


def _advice(path: str) -> str:
    if len(path) > _SHOWN:
        return "Write a shorter one."
    stripped = path.strip()
    if stripped != path:
        return f"Write `{stripped}`, without spaces around it."
    if not path.startswith("$"):
        return (
            f"Begin with the root: `$.{path.lstrip('.')}`." if path else "Write for example `$.items[0].id`."
        )
    odd = _ODD_NAME.search(path)
    if odd:
        inner = odd[1] if odd[1].isdigit() else f"'{odd[1]}'"
        return f"Write `[{inner}]` in place of `{odd[0]}`."
    return "Write for example `$.items[0].id` or `$.items[*].id`."
