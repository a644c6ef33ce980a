"""What the settings are: environments, and how the harness works in a project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from harness.contract import BASE_URLS
from harness.errors import Problem, UsageError
from harness.result import Accepted, Policy
from harness.rules import Profile, Severity
from harness.settings.table import suggestion
from harness.struct import Struct, field, replace

TOKEN: Final = "ASTRO_API_TOKEN"  # noqa: S105 - the name of a variable
ORGANIZATION: Final = "ASTRO_ORGANIZATION_ID"

NO_TOKEN: Final = "holds what cannot be in a token"  # noqa: S105 - said of a variable
COPY_TOKEN: Final = "Copy the token again, without quotes, spaces and line breaks."  # noqa: S105 - advice

SANDBOX_TOKEN: Final = "sandbox-token"  # noqa: S105 - everybody may know it
SANDBOX_TOKENS: Final[Mapping[str, str]] = {
    "expired": "sandbox-expired-token",
    "readonly": "sandbox-read-only-token",
    "workspace": "sandbox-workspace-token",
}
"""The sandbox's tokens by the names of the probes that use them; everybody may know them."""
SANDBOX_ORGANIZATION_ID: Final = "clsandboxorg0000000000000"
SANDBOX_OTHER_ORGANIZATION_ID: Final = "clsandboxother00000000000"
SANDBOX_ADDRESS: Final = "http://127.0.0.1:8765"
SANDBOX_MARK: Final = ("x-sandbox", "astro-migration-harness")
"""The header field of each of the sandbox's answers, by which its evidence is told from the service's."""

DOCUMENTS: Final = {
    "iam": "https://api.astronomer.io/spec/iam/v1beta1",
    "platform": "https://api.astronomer.io/spec/platform/v1beta1",
    "v1": "https://api.astronomer.io/spec/v1",
}
"""Where the vendor publishes the OpenAPI document of each API."""

NOISE_CALLS: Final = 3
"""How often each side is asked again where the answers to a safe call differ."""

LIMITS: Final[Mapping[str, float]] = {"GET": 25, "POST": 10, "DELETE": 5}
"""Requests a second and token, as the vendor documents them."""

REQUIRED_APIS: Final = ("iam", "platform", "v1")
"""What every environment has a base URL for."""


def is_token(text: str) -> bool:
    """Whether a text can be sent as a token: in one line, of the letters that headers have."""
    return text.isascii() and text.isprintable() and " " not in text


class Environment(Struct, frozen=True, kw_only=True):
    """A named set of targets: where each API is, and how one is known there.

    ``base_urls`` maps APIs (iam, platform, v1, labs) to URLs without a trailing slash. ``token`` and
    ``organization`` are the names of environment variables, never values. In the sandbox, writes need no
    permission, and both variables may be unset: it has a token and an organization of its own. ``limits`` are
    the requests a second that a token may make, by method; a method that is not there has no limit.
    """

    name: str
    base_urls: Mapping[str, str]
    production: bool = False
    sandbox: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str = TOKEN
    organization: str = ORGANIZATION
    limits: Mapping[str, float] = field(default_factory=lambda: dict(LIMITS))

    def token_of(self, probe: str) -> str:
        """Return the name of the variable with the token of a probe: ``ASTRO_API_TOKEN_READONLY``."""
        return f"{self.token}_{probe.upper()}"

    @property
    def other_organization(self) -> str:
        """The name of the variable with the id of another organization."""
        return f"{self.organization}_OTHER"


class Retries(Struct, frozen=True, kw_only=True):
    """How often a call is made that may succeed later: ``attempts`` counts the first one, too.

    No attempt begins later than ``seconds`` after the first. ``also`` are statuses after which a call that
    does no harm is made again, beside those that say "not now".
    """

    attempts: int = 4
    seconds: float = 60.0
    also: frozenset[int] = frozenset()


RUN_RULES: Final = ("latency-regressed",)
"""The rules whose findings belong to a run as a whole, and to no scenario."""


class RunAcceptance(Struct, frozen=True, kw_only=True):
    """A finding of runs as a whole that somebody agreed to; without an ``operation``, at any of them."""

    rule: str
    operation: str = ""
    accepted: Accepted


class SecretRules(Struct, frozen=True, kw_only=True):
    """What a project adds to what is a secret; nothing is taken away.

    ``names`` are those of headers, parameters, fields and properties whose values are secrets, in any
    spelling. ``patterns`` are regular expressions of what secrets look like.
    """

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


PRODUCTION: Final = Environment(name="production", base_urls=BASE_URLS, production=True)
"""The vendor's service."""

SANDBOX: Final = Environment(
    name="sandbox",
    base_urls={
        name: SANDBOX_ADDRESS + urlsplit(url).path for name, url in BASE_URLS.items() if name in REQUIRED_APIS
    },
    sandbox=True,
    # Other variables than for the vendor's service: a real token must not be sent anywhere else.
    token="ASTRO_SANDBOX_TOKEN",  # noqa: S106 - the name of a variable
    organization="ASTRO_SANDBOX_ORGANIZATION_ID",
    limits={},
)
"""The local twin, as ``harness sandbox`` serves it."""


class Settings(Struct, frozen=True, kw_only=True):
    """How the harness works in a project; ``root`` is the directory of its ``pyproject.toml``.

    Paths are absolute. ``state`` is where the harness keeps what it remembers from run to run; it belongs in
    no repository. ``contracts`` is a directory of contracts that replace the packaged ones, None
    without any. ``environment`` is the name of the one that is used when none is asked for.
    ``severity`` overrides the profile for single rules. ``timeout`` is in seconds, for one answer.
    ``history`` says whether runs are kept there, to say what is new.
    ``gate`` is the policy of ``harness gate``, ``retries`` that of live calls. ``noise_calls`` is how often
    each side is asked again where the answers to a safe call differ, 0 for never. ``documents`` are the URLs
    of the published OpenAPI documents by API; one without an entry is not looked at. ``secrets`` is what the
    project adds to what is a secret. ``accept`` is what it agrees to of runs as a whole.
    """

    root: Path
    scenarios: tuple[Path, ...]
    cassettes: Path
    reports: Path
    state: Path
    contracts: Path | None = None
    environment: str = PRODUCTION.name
    profile: Profile = Profile.STRICT
    severity: Mapping[str, Severity] = field(default_factory=dict)
    timeout: float = 30.0
    history: bool = True
    gate: Policy = field(default_factory=Policy)
    documents: Mapping[str, str] = field(default_factory=lambda: DOCUMENTS)
    retries: Retries = field(default_factory=Retries)
    secrets: SecretRules = field(default_factory=SecretRules)
    noise_calls: int = NOISE_CALLS
    accept: tuple[RunAcceptance, ...] = ()
    environments: Mapping[str, Environment] = field(
        default_factory=lambda: {known.name: known for known in (PRODUCTION, SANDBOX)}
    )

    @property
    def quarantine(self) -> Path:
        """Where files go that were written and hold a secret."""
        return self.state / "quarantine"

    @property
    def absent(self) -> tuple[Path, ...]:
        """The directories of scenarios that the project names and does not have."""
        if self.scenarios == (self.root / "scenarios",):
            return ()  # it may be that nobody named it
        return tuple(directory for directory in self.scenarios if not directory.exists())

    def shown(self, text: str) -> str:
        """Return a text with the files of the project by their paths in it: reports go to other people."""
        return text.replace(f"{self.root}{os.sep}", "")

    def environment_named(self, name: str | None = None) -> Environment:
        """Return the environment of that name; None gives the one that the project uses.

        Raises:
            UsageError: There is no such environment.
        """
        wanted = name or self.environment
        if wanted not in self.environments:
            what = f"there is no environment `{wanted}`"
            raise UsageError(Problem(where="", what=what, advice=suggestion(wanted, self.environments)))
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
            raise UsageError(Problem(where="", what=what, advice=suggestion(profile, list(Profile))))
        return replace(self, profile=Profile(profile))
