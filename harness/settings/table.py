"""One table of the file, where everything else than the wanted type is a mistake."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

Fail: TypeAlias = Callable[..., None]
"""Takes what is wrong, and what to write instead."""

_TEXT: Final = "text"
_NAMES: Final = "a list of text"
_COUNT: Final = "a whole number, 0 or more"
_EXAMPLES: Final = {_TEXT: '"..."', _NAMES: '["..."]', _COUNT: "3"}
"""What to write, by what is wanted, for keys without a default."""

_E = TypeVar("_E", bound=StrEnum)


class Table:
    """One table of the file: its values by key, where everything else than the wanted type is a mistake."""

    def __init__(self, given: Any, name: str, fail: Fail) -> None:
        self.given = given
        self.name = name
        self.data: Mapping[str, Any] = given if isinstance(given, dict) else {}
        self.fail = fail
        self._known: set[str] = set()
        if not isinstance(given, dict):
            fail(f"`{name}` must be a table, not {_type(given)}", f"Write `[{name}]` and keys below it.")

    def path(self, key: str) -> str:
        """Return the dotted name of a key."""
        return f"{self.name}.{key}"

    def finish(self, others: Iterable[str] = (), advice: str = "") -> None:
        """Report the keys that nobody asked for; ``others`` could have been asked for.

        ``advice`` is what to do where no known key is like one of them and there are too many to name.
        """
        known = [*self._known, *others]
        for key in self.data:
            if key not in known:
                self.fail(f"`{self.path(key)}` is not a setting", suggestion(key, known) or advice)

    def table(self, key: str) -> Table:
        """Return a table within this one; an absent one is empty."""
        return Table(self._take(key, {}), self.path(key), self.fail)

    def elements(self, key: str) -> list[Any]:
        """Return what stands in a list of tables, as ``[[...]]`` writes it; an absent one is empty."""
        given = self._take(key, [])
        if not isinstance(given, list):
            what = f"`{self.path(key)}` must be a list of tables, not {_type(given)}"
            self.fail(what, f"Write `[[{self.path(key)}]]` and keys below it.")
            return []
        return given

    def text(self, key: str, default: str) -> str:
        """Return text that is not empty."""
        return str(self._typed(key, default, lambda value: isinstance(value, str) and bool(value), _TEXT))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return bool(self._typed(key, default, lambda value: isinstance(value, bool), "true or false"))

    def seconds(self, key: str, default: float) -> float:
        """Return a number of seconds greater than 0."""
        return float(self._typed(key, default, _positive, "a number of seconds greater than 0"))

    def rate(self, key: str, default: float) -> float:
        """Return a number greater than 0, as a rate is."""
        return float(self._typed(key, default, _positive, "a number greater than 0"))

    def count(self, key: str) -> int | None:
        """Return a number, 0 or more; None where there is none."""

        def fits(value: Any) -> bool:
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0

        value = self._typed(key, None, fits, _COUNT)
        return value if fits(value) else None

    def names(self, key: str, default: list[str], *, empty: bool = False) -> list[str]:
        """Return a list of text without repetitions; ``empty`` allows one without elements."""

        def fits(value: Any) -> bool:
            whole = isinstance(value, list) and all(isinstance(v, str) and v for v in value)
            return whole and (empty or bool(value))

        value = self._typed(key, default, fits, _NAMES)
        return list(dict.fromkeys(value if fits(value) else default))

    def choice(self, key: str, default: _E) -> _E:
        """Return a member of the default's enumeration."""
        kind = type(default)
        value = self._typed(key, default.value, lambda value: isinstance(value, str), _TEXT)
        if value in list(kind):
            return kind(value)
        self.fail(f"`{self.path(key)}` cannot be `{value}`", suggestion(value, list(kind)))
        return default

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        return self.data.get(key, default)

    def _typed(self, key: str, default: Any, fits: Callable[[Any], bool], wanted: str) -> Any:
        value = self._take(key, default)
        if key not in self.data or fits(value):
            return value
        example = json.dumps(default) if default else _EXAMPLES.get(wanted, "")
        advice = f"Write for example `{key} = {example}`." if example else ""
        self.fail(f"`{self.path(key)}` must be {wanted}, not {_type(value)}", advice)
        return default


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return which of the known words to write in place of a wrong one."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f"Write `{close[0]}`."
    return f"Use one of {', '.join(names)}." if len(names) <= 20 else ""


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"{value}"
    if isinstance(value, str):
        return "text" if value else "empty text"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a table" if isinstance(value, dict) else "a date"
