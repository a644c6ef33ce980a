"""The only reader of the settings; it collects every mistake."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.contract import BASE_URLS, V1, V1BETA1, load_contract
from harness.errors import Problem, UsageError
from harness.result import Policy, Source
from harness.rules import RULES, Profile, Severity
from harness.settings.accepting import lines_of, read_accept
from harness.settings.model import (
    DOCUMENTS,
    LIMITS,
    NOISE_CALLS,
    PRODUCTION,
    REQUIRED_APIS,
    SANDBOX,
    Environment,
    Retries,
    SecretRules,
    Settings,
)
from harness.settings.table import Table, suggestion
from harness.struct import replace

_VENDOR = "astronomer.io"
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def load_settings(root: Path) -> Settings:
    """Read the settings of the project whose ``pyproject.toml`` is in ``root``, if there is one.

    Raises:
        UsageError: The file is not TOML, or its table has mistakes; every one of them is listed.
        ContractError: The gate names operations, and the project's contracts are damaged.
    """
    root = root.resolve()
    path = root / "pyproject.toml"
    try:
        text = path.read_text("utf-8-sig") if path.is_file() else ""
        data = tomllib.loads(text)
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        raise UsageError(Problem(where=str(path), what=what)) from error
    except UnicodeDecodeError as error:
        raise UsageError(Problem(where=str(path), what="the text is not UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_syntax_problem(error, path)) from error
    tool = data.get("tool")
    table = tool.get("harness", {}) if isinstance(tool, dict) else {}
    reader = _Reader(path.name, lines_of(text))
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

    def __init__(self, where: str, accepting: list[int]) -> None:
        self.where = where
        self._accepting = accepting
        self.problems: list[Problem] = []

    def settings(self, data: Any, root: Path) -> Settings:
        table = Table(data, "tool.harness", self.fail)
        environments = self._environments(table.table("environments"))
        scenarios = [root / name for name in table.names("scenarios", ["scenarios"])]
        self._check_nested(scenarios)
        written = {name: root / table.text(name, name) for name in ("cassettes", "reports")}
        self._check_written(scenarios, written)
        contracts = self._contracts(table, root)
        read = Settings(
            root=root,
            scenarios=tuple(scenarios),
            cassettes=written["cassettes"],
            reports=written["reports"],
            state=root / table.text("state", ".harness"),
            contracts=contracts,
            environment=table.text("environment", PRODUCTION.name),
            profile=table.choice("profile", Profile.STRICT),
            severity=self._severity(table.table("severity")),
            timeout=table.seconds("timeout", 30.0),
            history=table.flag("history", default=True),
            gate=self._gate(table.table("gate"), contracts),
            documents=self._documents(table.table("documents")),
            retries=self._retries(table.table("retries")),
            secrets=self._secrets(table.table("secrets")),
            accept=tuple(read_accept(table, self.where, self._accepting, lambda: _known(contracts))),
            noise_calls=NOISE_CALLS if (calls := table.count("noise-calls")) is None else calls,
            environments=environments,
        )
        table.finish()
        if read.environment not in environments:
            what = f"`{table.path('environment')}`: there is no environment `{read.environment}`"
            self.fail(what, suggestion(read.environment, environments))
        return read

    def _contracts(self, table: Table, root: Path) -> Path | None:
        name = table.text("contracts", "")
        if name and not (root / name).is_dir():
            what = f"`{table.path('contracts')}`: there is no directory `{name}`"
            self.fail(what, "Make it with `harness contract build`, or remove the setting.")
        return root / name if name else None

    def fail(self, what: str, advice: str = "", where: str = "") -> None:
        self.problems.append(Problem(where=where or self.where, what=what, advice=advice))

    def _check_nested(self, directories: list[Path]) -> None:
        for directory in directories:
            outer = next((other for other in directories if other in directory.parents), None)
            if outer:
                what = f"`tool.harness.scenarios`: `{directory.name}` is inside `{outer.name}`"
                self.fail(what, "Write the outer directory only, or directories beside each other.")

    def _check_written(self, scenarios: list[Path], written: Mapping[str, Path]) -> None:
        """Refuse scenarios in a directory that the harness writes: pytest would collect none of them."""
        for key, place in written.items():
            for directory in scenarios:
                if directory.resolve().is_relative_to(place.resolve()):
                    what = (
                        f"`tool.harness.{key}`: `{directory.name}` is inside, and no scenario of it would run"
                    )
                    self.fail(what, f'Write a directory beside it, for example `{key} = "{key}"`.')

    def _severity(self, table: Table) -> Mapping[str, Severity]:
        severities = {rule: table.choice(rule, Severity.INFO) for rule in table.data if rule in RULES}
        table.finish(RULES, advice="`harness rules` lists all rules.")
        return severities

    def _gate(self, table: Table, contracts: Path | None) -> Policy:
        operations = table.names("operations", [], empty=True)
        policy = Policy(
            operations=tuple(operations),
            max_breaking=table.count("max-breaking"),
            evidence=table.choice("evidence", Source.CASSETTE),
            max_age=table.count("max-age"),
            unsupported=table.flag("unsupported", default=False),
        )
        table.finish()
        # Contracts take time to read, and few commands ask for the gate's operations.
        known = _known(contracts) if operations else set()
        for name in operations:
            if name not in known:
                what = f"`{table.path('operations')}`: there is no operation `{name}`"
                self.fail(what, suggestion(name, known) or "`harness coverage` lists all operations.")
        return policy

    def _documents(self, table: Table) -> Mapping[str, str]:
        """Read the URLs of published documents; no token is sent there, so that http is as good as https."""
        found = {api: table.text(api, url) for api, url in DOCUMENTS.items()}
        table.finish()
        for api, text in found.items():
            if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", text):
                advice = f'Write for example `{api} = "{DOCUMENTS[api]}"`.'
                self.fail(f"`{table.path(api)}` is no http or https URL", advice)
        return found

    def _retries(self, table: Table) -> Retries:
        default = Retries()
        attempts = table.count("attempts")
        if attempts == 0:
            self.fail(f"`{table.path('attempts')}` must be 1 or more", "Write 1 to make each call once.")
        seconds = table.seconds("seconds", default.seconds)
        table.finish()
        return Retries(attempts=default.attempts if attempts is None else attempts, seconds=seconds)

    def _secrets(self, table: Table) -> SecretRules:
        names = table.names("names", [], empty=True)
        patterns = table.names("patterns", [], empty=True)
        table.finish()
        for name in names:
            if not re.search(r"[A-Za-z0-9]", name):
                self.fail(f"`{table.path('names')}` holds `{name}`, which is no name", "Remove it.")
        for pattern in patterns:
            try:
                everything = re.compile(pattern).search("") is not None
            except re.error as error:
                what = f"`{table.path('patterns')}` holds `{pattern}`, which is no regular expression"
                self.fail(what, f"Correct it: {error}.")
                continue
            if everything:
                what = f"`{table.path('patterns')}` holds `{pattern}`, which matches empty text"
                self.fail(what, "Write what at least one character of a secret looks like.")
        return SecretRules(names=tuple(names), patterns=tuple(patterns))

    def _limits(self, table: Table, default: Mapping[str, float]) -> Mapping[str, float]:
        keys = {method: method.lower() for method in LIMITS}
        given = {method: table.rate(key, LIMITS[method]) for method, key in keys.items() if key in table.data}
        table.finish(keys.values())
        return {**default, **given}

    def _environments(self, table: Table) -> Mapping[str, Environment]:
        known = {environment.name: environment for environment in (PRODUCTION, SANDBOX)}
        return known | {
            name: self._environment(
                table.table(name), known.get(name) or Environment(name=name, base_urls={})
            )
            for name in table.data
        }

    def _environment(self, table: Table, default: Environment) -> Environment:
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
        missing = [api for api in REQUIRED_APIS if api not in urls]
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
            limits=self._limits(table.table("limits"), base.limits),
        )
        table.finish([*BASE_URLS, "headers"])
        return read

    def _base_url(self, table: Table, api: str, *, insecure: bool, sandbox: bool) -> str:
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
        elif url.scheme == "http" and not insecure and not is_loopback(host):
            advice = f"Write https, or `insecure = true` in `{table.name}` if that is what you want."
            self.fail(f"{key} is plain http, so the token would travel unencrypted", advice)
        elif sandbox and (host == _VENDOR or host.endswith(f".{_VENDOR}")):
            advice = "Remove `sandbox = true`: it lets scenarios write without permission."
            self.fail(f"{key} is the vendor's service and no sandbox", advice)
        return text.rstrip("/")

    def _headers(self, table: Table) -> Mapping[str, str]:
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

    def _variable(self, table: Table, key: str, default: str) -> str:
        name = table.text(key, default)
        if not _VARIABLE.fullmatch(name):
            # What stands there may be a token itself, so it is not shown.
            what = f"`{table.path(key)}` is not the name of an environment variable"
            self.fail(what, f'Write the name, never the value: `{key} = "{default}"`.')
        return name


def _known(contracts: Path | None) -> set[str]:
    """Return the ids of all operations."""
    return {each.id for version in (V1BETA1, V1) for each in load_contract(version, contracts).operations}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
