"""Placeholders: ``${name}`` and ``${env:NAME}`` in the strings of a scenario, and the values for them.

Only strings are looked at, so braces in JSON bodies are safe. A string that is one placeholder and
nothing else becomes the value itself, with its JSON type; inside longer text the value is
written out. ``$${`` stands for a literal ``${``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import quote

from harness.errors import Problem, ScenarioError
from harness.exchange import Json

BUILTINS: Final = ("organization_id", "other_organization_id", "run_id", "side")
"""Names that have a value without being defined: see the runner."""

ENVIRONMENT: Final = "env:"
"""What a placeholder begins with that stands for an environment variable."""

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""What a variable may be called."""

_TOKEN = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_PARAMETER = re.compile(r"\{([^{}]+)\}")


def escape(value: Json) -> Json:
    """Return the value with every ``${`` in its strings written so that filling gives it back."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, list):
        return [escape(item) for item in value]
    if isinstance(value, dict):
        return {key: escape(item) for key, item in value.items()}
    return value


def placeholders(value: Json) -> Iterator[str]:
    """Yield what stands between the braces of every placeholder in the value's strings, in order.

    Keys of mappings are never filled. A placeholder that is not closed yields ``""``.
    """
    if isinstance(value, str):
        if "${" in value:
            yield from (match[1] or "" for match in _TOKEN.finditer(value) if match[0] != "$${")
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from placeholders(item)


def is_name(text: str) -> bool:
    """Whether the text can stand in a placeholder: a variable's name, or ``env:`` and a name."""
    return NAME.fullmatch(text.removeprefix(ENVIRONMENT)) is not None


@lru_cache(maxsize=256)
def variable_for(parameter: str) -> str:
    """Return the variable that fills a path parameter: ``organizationId`` gives ``organization_id``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parameter).lower()


def parameters(template: str) -> tuple[str, ...]:
    """Return the names of the path parameters of a template such as ``/users/{userId}``."""
    return tuple(_PARAMETER.findall(template))


class Variables:
    """The variables of one scenario on one side.

    ``used`` are the values from outside that were needed, by name (``env:NAME`` for the environment):
    with them, :meth:`recorded` can fill the same scenario again on a machine without them.
    """

    def __init__(
        self,
        values: Mapping[str, Json],
        environ: Mapping[str, str],
        definitions: Mapping[str, Json] | None = None,
    ) -> None:
        """Take values from outside, the environment, and definitions, which may use both and each other.

        Values are taken as they are; definitions (``vars`` and a data row) are filled when first used.
        """
        self._values = dict(values)
        self._environ = environ
        self._definitions = dict(definitions or {})
        self._captured: dict[str, Json] = {}
        self._filled: dict[str, Json] = {}
        self._filling: list[str] = []
        self._used: dict[str, Json] = {}
        self._why: dict[str, str] = {}
        self._missing = "Set the environment variable `{}`."

    @classmethod
    def recorded(cls, used: Mapping[str, Json], definitions: Mapping[str, Json] | None = None) -> Self:
        """Return variables that take everything from outside from what a recording had used."""
        environ = {
            name.removeprefix(ENVIRONMENT): str(value)
            for name, value in used.items()
            if name.startswith(ENVIRONMENT)
        }
        values = {name: value for name, value in used.items() if not name.startswith(ENVIRONMENT)}
        variables = cls(values, environ, definitions)
        variables._missing = "The recording did not use it: record this scenario again."
        return variables

    @property
    def used(self) -> Mapping[str, Json]:
        """The values from outside that were used up to now."""
        return MappingProxyType(self._used)

    @property
    def known(self) -> Mapping[str, Json]:
        """Every value that was used or captured up to now, by name."""
        return MappingProxyType({**self._used, **self._filled, **self._captured})

    def outside(self, name: str) -> Json:
        """Return a value from outside, which is not used by that; None where there is none."""
        return self._values.get(name)

    def set(self, name: str, value: Json) -> None:
        """Give a name a value, taken as it is (a capture); it wins over every other value of that name."""
        self._captured[name] = value

    def set_missing(self, name: str, why: str) -> None:
        """Remember why a name has no value: a sentence for whoever needs it later."""
        self._why[name] = why

    def __contains__(self, name: str) -> bool:
        """Whether the name has a value; ``env:NAME`` asks for an environment variable."""
        if name.startswith(ENVIRONMENT):
            return name.removeprefix(ENVIRONMENT) in self._environ
        return name in self._captured or name in self._definitions or name in self._values

    def fill(self, value: Json, where: str) -> Json:
        """Return the value with every placeholder filled, at any depth; keys stay as they are.

        Raises:
            ScenarioError: A placeholder has no value, or one that cannot be part of text (null, a
                list, a mapping); the problem is at ``where``.
        """
        if isinstance(value, str):
            return self._fill_text(value, where)
        if isinstance(value, list):
            return [self.fill(item, where) for item in value]
        if isinstance(value, dict):
            return {key: self.fill(item, where) for key, item in value.items()}
        return value

    def fill_path(self, path: str, values: Mapping[str, Json], where: str) -> str:
        """Return a URL path with its placeholders and ``{parameters}`` filled and percent-encoded.

        A parameter takes its value from ``values``, else from the variable of its name in snake_case
        (``organization_id`` for ``organizationId``), else from the variable of exactly its name.

        Raises:
            ScenarioError: Something has no value, or one that cannot be part of a path.
        """
        filled = self._substitute(path, where, in_path=True) if "${" in path else path
        return _PARAMETER.sub(lambda match: self._parameter(match[1], values, where), filled)

    def _parameter(self, name: str, values: Mapping[str, Json], where: str) -> str:
        if values.get(name) is not None:
            return _in_path(self.fill(values[name], where), f"`{name}`", where)
        variable = variable_for(name)
        if variable not in self:
            variable = name
        if variable not in self:
            what = f"the path parameter `{name}` has no value"
            advice = f"Write it under `request: {{path: {{{name}: ...}}}}`, or define `{variable_for(name)}`."
            advice = self._why.get(variable_for(name), self._why.get(name, advice))
            raise ScenarioError(Problem(where=where, what=what, advice=advice))
        return _in_path(self._value(variable, where), f"`{variable}`", where)

    def _fill_text(self, text: str, where: str) -> Json:
        if "${" not in text:
            return text
        whole = _TOKEN.fullmatch(text)
        if whole and whole[1] is not None:
            return self._value(whole[1], where)
        return self._substitute(text, where)

    def _substitute(self, text: str, where: str, *, in_path: bool = False) -> str:
        write = _in_path if in_path else _in_text

        def replacement(match: re.Match[str]) -> str:
            if match[0] == "$${":
                return "${"
            name = match[1] or ""
            return write(self._value(name, where), f"`${{{name}}}`", where)

        return _TOKEN.sub(replacement, text)

    def _value(self, name: str, where: str) -> Json:
        if name in self._captured:
            return self._captured[name]
        if name in self._definitions:
            return self._defined(name, where)
        if name.startswith(ENVIRONMENT) and name in self:
            self._used[name] = self._environ[name.removeprefix(ENVIRONMENT)]
            return self._used[name]
        if name in self._values:
            self._used[name] = self._values[name]
            return self._used[name]
        raise ScenarioError(
            Problem(where=where, what=f"`${{{name}}}` has no value", advice=self._advice(name))
        )

    def _advice(self, name: str) -> str:
        if name in self._why:
            return self._why[name]
        if name.startswith(ENVIRONMENT):
            return self._missing.format(name.removeprefix(ENVIRONMENT))
        if not is_name(name):
            return "Write `${name}`, or `$${` where a literal `${` is meant."
        return f"Define `{name}` under `vars`, or capture it in a step that runs before."

    def _defined(self, name: str, where: str) -> Json:
        if name in self._filling:
            circle = " -> ".join((*self._filling[self._filling.index(name) :], name))
            advice = "Give one of them a value of its own."
            raise ScenarioError(
                Problem(where=where, what=f"variables use each other: {circle}", advice=advice)
            )
        if name not in self._filled:
            self._filling.append(name)
            try:
                self._filled[name] = self.fill(self._definitions[name], where)
            finally:
                self._filling.pop()
        return self._filled[name]


def _in_text(value: Json, what: str, where: str) -> str:
    """Write a value inside text: strings as they are, numbers and booleans as in JSON."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list | dict):
        kind = "null" if value is None else "a list" if isinstance(value, list) else "a mapping"
        problem = Problem(
            where=where,
            what=f"{what} is {kind} and cannot be part of text",
            advice="Use it as a whole value.",
        )
        raise ScenarioError(problem)
    return json.dumps(value)


def _in_path(value: Json, what: str, where: str) -> str:
    """Write a value as one segment of a URL's path; an empty one would call another endpoint."""
    text = _in_text(value, what, where)
    if text in {"", ".", ".."}:
        problem = Problem(
            where=where,
            what=f"{what} is `{text}` and cannot be part of a path",
            advice="Give it another value.",
        )
        raise ScenarioError(problem)
    return quote(text, safe="")
