"""What the sandbox says of itself: its differences, faults, assumptions and tokens, one a line."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeGuard

from harness.sandbox import assumptions
from harness.sandbox.access import TOKENS
from harness.sandbox.faults import KINDS
from harness.sandbox.setup import SWITCHES


def listed_differences() -> str:
    """Return all differences and drifts: name, key and one line about each."""
    return _table(
        (
            switch.name,
            switch.key,
            f"{switch.says} (inferred, not documented)" if switch.inferred else switch.says,
        )
        for switch in SWITCHES.values()
    )


def listed_faults() -> str:
    """Return the kinds of faults with the form of their values."""
    return _table((f"{name}={kind.form}" if kind.form else name, kind.says) for name, kind in KINDS.items())


def listed_tokens() -> str:
    """Return the sandbox's own tokens and what they may do."""
    return _table(TOKENS.items())


def listed_assumptions() -> str:
    """Return every assumption: its name, its value, and the words about it."""
    return "\n".join(
        f"{name} = {value!r}\n" + "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
        for name, value, text in explained()
    )


def explained() -> Iterator[tuple[str, Any, str]]:
    """Yield name, value and explanation of every assumption, in the order of the source.

    An assumption without an explanation has an empty one.
    """
    body = ast.parse(inspect.getsource(assumptions)).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) and _is_constant(after.value) else ""
            yield node.target.id, getattr(assumptions, node.target.id), inspect.cleandoc(str(text))


def _is_constant(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as text in columns; the last one is as wide as it likes."""
    lines = list(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    cells = ([*map(str.ljust, line, widths), line[-1]] for line in lines)
    return "".join("  ".join(row) + "\n" for row in cells)


LISTS: Final[Mapping[str, Callable[[], str]]] = {
    "differences": listed_differences,
    "faults": listed_faults,
    "assumptions": listed_assumptions,
    "tokens": listed_tokens,
}
"""What can be listed, by name."""
