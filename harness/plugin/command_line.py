"""The options of pytest, and under which names they can be had.

Each is ``--harness-NAME``. It is ``--NAME`` as well, where no other plugin and no ``conftest.py`` of the
project has an option of that name: which is known when all of them are loaded, and not before.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest


def _positive(text: str) -> int:
    """Read a number of 1 or more."""
    if not (text.isdecimal() and int(text)):
        what = f"`{text}` is no number of 1 or more"
        raise argparse.ArgumentTypeError(what)
    return int(text)


OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "mode": {
        "choices": ("replay", "record", "live"),
        "default": "replay",
        "help": "replay cassettes (default; no socket is opened), record, or call live without recording",
    },
    "environment": {"metavar": "NAME", "help": "an environment of [tool.harness.environments]"},
    "allow-writes": {
        "action": "store_true",
        "help": "send steps that change something, outside the sandbox too",
    },
    "production": {
        "metavar": "NAME",
        "default": "",
        "help": "the name of a production environment, typed as well to allow writes there",
    },
    "without-acceptances": {"action": "store_true", "help": "judge as if no scenario accepted anything"},
    "concurrency": {
        "type": _positive,
        "metavar": "N",
        "help": "scenarios that run at the same time (default: 8 where calls are live, 1 in a replay)",
    },
    "enforce-limits": {
        "action": "store_true",
        "help": "keep the vendor's limits of requests in an environment that has none, as the sandbox",
    },
    "no-history": {
        "action": "store_true",
        "help": "do not keep the run, nor compare it with earlier ones",
    },
    "profile": {"choices": ("strict", "tolerant"), "help": "how severe the rules are"},
    "shard": {"metavar": "K/N", "help": "run the K-th of N parts of the scenarios; see harness merge"},
    "plan": {"action": "store_true", "help": "print every call that the run would make, and make none"},
    "report-dir": {"metavar": "DIR", "help": "where the report goes (default: reports/latest)"},
}
"""What argparse is told of each option."""

NAME: Final = "harness.command_line"
"""Under this name it is registered with pytest."""

_COMMAND = re.compile(r"`harness [^`]*`")


class CommandLine:
    """Adds the options, and knows which have their short names."""

    def __init__(self, parser: pytest.Parser) -> None:
        """Add the long names."""
        self._group = parser.getgroup("harness", "Astro API migration harness")
        self._short: set[str] = set()
        for name, attributes in OPTIONS.items():
            self._group.addoption(f"--harness-{name}", dest=_destination(name), **attributes)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config, parser: pytest.Parser, args: list[str]
    ) -> Generator[None, object, object]:
        """Add the short names when the project's own files have added theirs."""
        # Until then pytest takes the value of one, as in `--mode live`, for the path of a test.
        known = getattr(early_config, "known_args_namespace", None)
        if known is not None:
            with suppress(pytest.UsageError):  # the parse that follows says what is wrong
                known.file_or_dir = parser.parse_known_args([*_in_full(args, _free(parser))]).file_or_dir
        try:
            return (yield)
        finally:
            self.add_short_names(parser)

    def add_short_names(self, parser: pytest.Parser) -> None:
        """Add the short names that nobody else has by now."""
        for name in _free(parser):
            attributes = {**OPTIONS[name], "help": f"the same as --harness-{name}"}
            self._group.addoption(f"--{name}", dest=_destination(name), **attributes)
            self._short.add(name)

    def spelled(self, text: str) -> str:
        """Name in a text the options that work here, where pytest is told of."""
        taken = "|".join(OPTIONS.keys() - self._short)
        if not taken:
            return text
        option = re.compile(rf"(?<![\w-])--({taken})(?![\w-])")
        commands = _COMMAND.findall(text)
        parts = [option.sub(r"--harness-\1", part) for part in _COMMAND.split(text)]
        return "".join(piece for pair in zip(parts, [*commands, ""], strict=True) for piece in pair)


def add_options(parser: pytest.Parser, manager: pytest.PytestPluginManager) -> None:
    """Add the options; the short names later, unless files of the project are being loaded already."""
    command_line = CommandLine(parser)
    manager.register(command_line, NAME)
    if any(Path(str(getattr(each, "__file__", ""))).name == "conftest.py" for each in manager.get_plugins()):
        command_line.add_short_names(parser)


def spelled(config: pytest.Config, text: str) -> str:
    """Name in a text the options that work in this run of pytest."""
    found = config.pluginmanager.get_plugin(NAME)
    return found.spelled(text) if isinstance(found, CommandLine) else text


def _destination(name: str) -> str:
    return f"harness_{name.replace('-', '_')}"


def _free(parser: pytest.Parser) -> tuple[str, ...]:
    return tuple(name for name in OPTIONS if _is_free(parser, f"--{name}"))


def _is_free(parser: pytest.Parser, option: str) -> bool:
    """Say whether the parser does not know an option; one that is used wrongly is known."""
    try:
        return option in parser.parse_known_and_unknown_args([option])[1]
    except (Exception, SystemExit):  # noqa: BLE001 - whatever another's option does when it is met
        return False


def _in_full(arguments: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """Yield arguments with the long names in place of the short ones."""
    short = {f"--{name}": f"--harness-{name}" for name in names}
    options = True
    for argument in arguments:
        options = options and argument != "--"
        name, mark, value = argument.partition("=")
        yield f"{short[name]}{mark}{value}" if options and name in short else argument
