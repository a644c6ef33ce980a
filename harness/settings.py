"""The settings of a project: ``[tool.harness]`` in its ``pyproject.toml``, read strictly.

A project without the table has settings too: the environments ``production`` and ``sandbox``, and
scenarios, cassettes and reports in directories of these names.
"""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from harness.contract import BASE_URLS, V1, V1BETA1, load_contract
from harness.errors import Problem, UsageError
from harness.result import Policy, Source
from harness.rules import RULES, Profile, Severity

TOKEN: Final = "ASTRO_API_TOKEN"  # noqa: S105 - the name of a variable
ORGANIZATION: Final = "ASTRO_ORGANIZATION_ID"

SANDBOX_TOKEN: Final = "sandbox-token"  # noqa: S105 - everybody may know it
SANDBOX_ORGANIZATION_ID: Final = "clsandboxorg0000000000000"
SANDBOX_ADDRESS: Final = "http://127.0.0.1:8765"

_REQUIRED_APIS = ("iam", "platform", "v1")
_VENDOR = "astronomer.io"
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A named set of targets: where each API is, and how one is known there.

    ``base_urls`` maps APIs (iam, platform, v1, labs) to URLs without a trailing slash. ``token`` and
    ``organization`` are the names of environment variables, never values. In the sandbox, writes need no
    permission, and both variables may be unset: it has a token and an organization of its own.
    """

    name: str
    base_urls: Mapping[str, str]
    production: bool = False
    sandbox: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str = TOKEN
    organization: str = ORGANIZATION


PRODUCTION: Final = Environment(name="production", base_urls=BASE_URLS, production=True)
"""The vendor's service."""

SANDBOX: Final = Environment(
    name="sandbox",
    base_urls={
        name: SANDBOX_ADDRESS + urlsplit(url).path
        for name, url in BASE_URLS.items()
        if name in _REQUIRED_APIS
    },
    sandbox=True,
    # Other variables than for the vendor's service: a real token must not be sent anywhere else.
    token="ASTRO_SANDBOX_TOKEN",  # noqa: S106 - the name of a variable
    organization="ASTRO_SANDBOX_ORGANIZATION_ID",
)
"""The local twin, as ``harness sandbox`` serves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the harness works in a project; ``root`` is the directory of its ``pyproject.toml``.

    Paths are absolute. ``contracts`` is a directory of contracts that replace the packaged ones, None
    without any. ``environment`` is the name of the one that is used when none is asked for.
    ``severity`` overrides the profile for single rules. ``timeout`` is in seconds, for one answer.
    ``gate`` is the policy of ``harness gate``.
    """

    root: Path
    scenarios: tuple[Path, ...]
    cassettes: Path
    reports: Path
    contracts: Path | None = None
    environment: str = PRODUCTION.name
    profile: Profile = Profile.STRICT
    severity: Mapping[str, Severity] = field(default_factory=dict)
    timeout: float = 30.0
    gate: Policy = field(default_factory=Policy)
    environments: Mapping[str, Environment] = field(
        default_factory=lambda: {known.name: known for known in (PRODUCTION, SANDBOX)}
    )

    def environment_named(self, name: str | None = None) -> Environment:
        """Return the environment of that name; None gives the one that the project uses.

        Raises:
            UsageError: There is no such environment.
        """
        wanted = name or self.environment
        if wanted not in self.environments:
            what = f"there is no environment `{wanted}`"
            raise UsageError(Problem(where="", what=what, advice=_suggestion(wanted, self.environments)))
        return self.environments[wanted]

    def with_profile(self, profile: str | None) -> Settings:
        """Return the settings with another profile; None changes nothing.

        Raises:
            UsageError: There is no such profile.
        """
        if profile is None:
            return self
        if profile not in list(Profile):
            what = f"there is no profile `{profile}`"
            raise UsageError(Problem(where="", what=what, advice=_suggestion(profile, list(Profile))))
        return replace(self, profile=Profile(profile))


def load_settings(root: Path) -> Settings:
    """Read the settings of the project whose ``pyproject.toml`` is in ``root``, if there is one.

    Raises:
        UsageError: The file is not TOML, or its table has mistakes; every one of them is listed.
        ContractError: The gate names operations, and the project's contracts are damaged.
    """
    root = root.resolve()
    path = root / "pyproject.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8-sig")) if path.is_file() else {}
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        raise UsageError(Problem(where=str(path), what=what)) from error
    except UnicodeDecodeError as error:
        raise UsageError(Problem(where=str(path), what="the text is not UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_syntax_problem(error, path)) from error
    tool = data.get("tool")
    table = tool.get("harness", {}) if isinstance(tool, dict) else {}
    reader = _Reader(path.name)
    settings = reader.settings(table, root)
    if reader.problems:
        raise UsageError(*reader.problems)
    return settings


def _syntax_problem(error: tomllib.TOMLDecodeError, path: Path) -> Problem:
    message, _, place = str(error).partition(" (at ")
    line = re.match(r"line (\d+)", place)
    where = f"{path.name}:{line[1]}" if line else path.name
    return Problem(where=where, what=f"this is not TOML: {message}", advice="Correct this line.")


class _Reader:
    """Reads the table, and collects what is wrong with it."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def settings(self, data: Any, root: Path) -> Settings:
        table = _Table(data, "tool.harness", self)
        environments = self._environments(table.table("environments"))
        scenarios = [root / name for name in table.names("scenarios", ["scenarios"])]
        self._check_nested(scenarios)
        contracts = self._contracts(table, root)
        read = Settings(
            root=root,
            scenarios=tuple(scenarios),
            cassettes=root / table.text("cassettes", "cassettes"),
            reports=root / table.text("reports", "reports"),
            contracts=contracts,
            environment=table.text("environment", PRODUCTION.name),
            profile=table.choice("profile", Profile.STRICT),
            severity=self._severity(table.table("severity")),
            timeout=table.seconds("timeout", 30.0),
            gate=self._gate(table.table("gate"), contracts),
            environments=environments,
        )
        table.finish()
        if read.environment not in environments:
            what = f"`{table.path('environment')}`: there is no environment `{read.environment}`"
            self.fail(what, _suggestion(read.environment, environments))
        return read

    def _contracts(self, table: _Table, root: Path) -> Path | None:
        name = table.text("contracts", "")
        if name and not (root / name).is_dir():
            what = f"`{table.path('contracts')}`: there is no directory `{name}`"
            self.fail(what, "Make it with `harness contract build`, or remove the setting.")
        return root / name if name else None

    def fail(self, what: str, advice: str = "") -> None:
        self.problems.append(Problem(where=self.where, what=what, advice=advice))

    def _check_nested(self, directories: list[Path]) -> None:
        for directory in directories:
            outer = next((other for other in directories if other in directory.parents), None)
            if outer:
                what = f"`tool.harness.scenarios`: `{directory.name}` is inside `{outer.name}`"
                self.fail(what, "Write the outer directory only, or directories beside each other.")

    def _severity(self, table: _Table) -> Mapping[str, Severity]:
        severities = {rule: table.choice(rule, Severity.INFO) for rule in table.data if rule in RULES}
        table.finish(RULES)
        return severities

    def _gate(self, table: _Table, contracts: Path | None) -> Policy:
        operations = table.names("operations", [], empty=True)
        policy = Policy(
            operations=tuple(operations),
            max_breaking=table.count("max-breaking"),
            evidence=table.choice("evidence", Source.CASSETTE),
            max_age=table.count("max-age"),
        )
        table.finish()
        # Contracts take time to read, and few commands ask for the gate's operations.
        known = (
            {each.id for version in (V1BETA1, V1) for each in load_contract(version, contracts).operations}
            if operations
            else set()
        )
        for name in operations:
            if name not in known:
                what = f"`{table.path('operations')}`: there is no operation `{name}`"
                self.fail(what, _suggestion(name, known))
        return policy

    def _environments(self, table: _Table) -> Mapping[str, Environment]:
        known = {environment.name: environment for environment in (PRODUCTION, SANDBOX)}
        return known | {
            name: self._environment(
                table.table(name), known.get(name) or Environment(name=name, base_urls={})
            )
            for name in table.data
        }

    def _environment(self, table: _Table, default: Environment) -> Environment:
        sandbox = table.flag("sandbox", default=default.sandbox)
        base = (
            replace(SANDBOX, name=default.name, base_urls={}) if sandbox and not default.sandbox else default
        )
        insecure = table.flag("insecure", default=False)
        production = table.flag("production", default=default.production)
        if sandbox and production:
            self.fail(f"`{table.name}` is both production and sandbox", "Remove one of the two.")
        urls = dict(base.base_urls)
        for api in BASE_URLS:
            if api in table.data:
                urls[api] = self._base_url(table, api, insecure=insecure, sandbox=sandbox)
        missing = [api for api in _REQUIRED_APIS if api not in urls]
        if missing and isinstance(table.given, dict):
            what = f"`{table.name}` needs the base URL{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
            self.fail(what, f'Write for example `{missing[0]} = "{BASE_URLS[missing[0]]}"`.')
        read = Environment(
            name=default.name,
            base_urls=urls,
            production=production,
            sandbox=sandbox,
            headers=self._headers(table.table("headers")) if "headers" in table.data else base.headers,
            token=self._variable(table, "token", base.token),
            organization=self._variable(table, "organization", base.organization),
        )
        table.finish(BASE_URLS)
        return read

    def _base_url(self, table: _Table, api: str, *, insecure: bool, sandbox: bool) -> str:
        text = table.text(api, "")
        key = f"`{table.path(api)}`"
        try:
            url = urlsplit(text)
            host = url.hostname if url.port != 0 else None
        except ValueError:
            host = None
        if not text:
            return text
        if not host or url.scheme not in {"http", "https"} or re.search(r"\s", text):
            self.fail(f"{key} is no http or https URL", f'Write for example `{api} = "{BASE_URLS[api]}"`.')
        elif url.username is not None or url.password is not None:
            self.fail(f"{key} holds a user or a password", "Remove them: the token is sent in a header.")
        elif url.query or url.fragment or "?" in text or "#" in text:
            self.fail(f"{key} holds a query or a fragment", "End the base URL with its path.")
        elif url.scheme == "http" and not insecure and not _is_loopback(host):
            advice = f"Write https, or `insecure = true` in `{table.name}` if that is what you want."
            self.fail(f"{key} is plain http, so the token would travel unencrypted", advice)
        elif sandbox and (host == _VENDOR or host.endswith(f".{_VENDOR}")):
            advice = "Remove `sandbox = true`: it lets scenarios write without permission."
            self.fail(f"{key} is the vendor's service and no sandbox", advice)
        return text.rstrip("/")

    def _headers(self, table: _Table) -> Mapping[str, str]:
        headers: dict[str, str] = {}
        for name in table.data:
            value = table.text(name, "")
            if not _HEADER.fullmatch(name):
                self.fail(
                    f"`{name}` in `{table.name}` is no name of a header", "Use letters, digits and `-`."
                )
            elif name.lower() in {"authorization", "proxy-authorization", "cookie"}:
                what = f"`{table.path(name)}` would hold a secret, and this file is no place for one"
                self.fail(
                    what, "Remove it: the token comes from the environment variable that `token` names."
                )
            elif "\n" in value or "\r" in value:
                self.fail(f"`{table.path(name)}` holds a line break", "Write it on one line.")
            else:
                headers[name] = value
        return headers

    def _variable(self, table: _Table, key: str, default: str) -> str:
        name = table.text(key, default)
        if not _VARIABLE.fullmatch(name):
            # What stands there may be a token itself, so it is not shown.
            what = f"`{table.path(key)}` is not the name of an environment variable"
            self.fail(what, f'Write the name, never the value: `{key} = "{default}"`.')
        return name


class _Table:
    """One table of the file: its values by key, where everything else than the wanted type is a mistake."""

    def __init__(self, given: Any, name: str, reader: _Reader) -> None:
        self.given = given
        self.name = name
        self.data: Mapping[str, Any] = given if isinstance(given, dict) else {}
        self._reader = reader
        self._known: set[str] = set()
        if not isinstance(given, dict):
            reader.fail(
                f"`{name}` must be a table, not {_type(given)}", f"Write `[{name}]` and keys below it."
            )

    def path(self, key: str) -> str:
        """Return the dotted name of a key."""
        return f"{self.name}.{key}"

    def finish(self, others: Iterable[str] = ()) -> None:
        """Report the keys that nobody asked for; ``others`` could have been asked for."""
        known = [*self._known, *others]
        for key in self.data:
            if key not in known:
                self._reader.fail(f"`{self.path(key)}` is not a setting", _suggestion(key, known))

    def table(self, key: str) -> _Table:
        return _Table(self._take(key, {}), self.path(key), self._reader)

    def text(self, key: str, default: str) -> str:
        return str(self._typed(key, default, lambda value: isinstance(value, str) and bool(value), "text"))

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._typed(key, default, lambda value: isinstance(value, bool), "true or false"))

    def seconds(self, key: str, default: float) -> float:
        def fits(value: Any) -> bool:
            return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")

        return float(self._typed(key, default, fits, "a number of seconds greater than 0"))

    def count(self, key: str) -> int | None:
        """Return a number, 0 or more; None where there is none."""

        def fits(value: Any) -> bool:
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0

        value = self._typed(key, None, fits, "a whole number, 0 or more")
        return value if fits(value) else None

    def names(self, key: str, default: list[str], *, empty: bool = False) -> list[str]:
        def fits(value: Any) -> bool:
            whole = isinstance(value, list) and all(isinstance(v, str) and v for v in value)
            return whole and (empty or bool(value))

        value = self._typed(key, default, fits, "a list of text")
        return list(dict.fromkeys(value if fits(value) else default))

    def choice(self, key: str, default: _E) -> _E:
        kind = type(default)
        value = self._typed(key, default.value, lambda value: isinstance(value, str), "text")
        if value in list(kind):
            return kind(value)
        self._reader.fail(f"`{self.path(key)}` cannot be `{value}`", _suggestion(value, list(kind)))
        return default

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        return self.data.get(key, default)

    def _typed(self, key: str, default: Any, fits: Callable[[Any], bool], wanted: str) -> Any:
        value = self._take(key, default)
        if key not in self.data or fits(value):
            return value
        advice = f"Write for example `{key} = {json.dumps(default)}`." if default else ""
        self._reader.fail(f"`{self.path(key)}` must be {wanted}, not {_type(value)}", advice)
        return default


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _suggestion(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f"Write `{close[0]}`."
    return f"Use one of {', '.join(names)}." if len(names) <= 20 else ""


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"{value}"
    if isinstance(value, str):
        return "text" if value else "empty text"
    return "a list" if isinstance(value, list) else "a table" if isinstance(value, dict) else "a date"
