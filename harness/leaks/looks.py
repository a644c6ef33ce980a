"""What looks like a secret, whatever it is called; the only detect-secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

_DETECTORS: Final[tuple[Any, ...]] = tuple(
    detector()
    for detector in (
        *(AWSKeyDetector, AzureStorageKeyDetector, BasicAuthDetector, DiscordBotTokenDetector),
        *(GitHubTokenDetector, GitLabTokenDetector, JwtTokenDetector, MailchimpDetector, NpmDetector),
        *(OpenAIDetector, PrivateKeyDetector, PypiTokenDetector, SendGridDetector, SlackDetector),
        *(SquareOAuthDetector, StripeDetector, TelegramBotTokenDetector, TwilioKeyDetector),
    )
)
"""Those of the library that know a form; its detectors of entropy would take every id for a secret."""

# A detector that only matches its patterns is asked where one of them is in the text; others are always.
_MATCHERS: Final = [type(each).analyze_string is RegexBasedDetector.analyze_string for each in _DETECTORS]
_SEARCHES: Final = tuple(
    (regex.search, at)
    for at, detector in enumerate(_DETECTORS)
    for regex in (detector.denylist if _MATCHERS[at] else ())
)
_ALWAYS: Final = tuple(at for at, matches in enumerate(_MATCHERS) if not matches)

# What the library does not know yet, by what each begins with.
_FORMS: Final = (
    ("github_pat_", "a secret of the kind GitHub fine-grained token", re.compile(r"\bgithub_pat_\w{20,}")),
    ("ATATT3", "a secret of the kind Atlassian API token", re.compile(r"\bATATT3[\w=-]{30,}")),
    ("AIza", "a secret of the kind Google API key", re.compile(r"\bAIza[\w-]{35}")),
)
_BEARER = re.compile(r"\bbearer +([\w.~+/-]{20,}=*)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"REDACTED-[0-9a-f]{8}|(?:\[|%5B)[A-Z][A-Z0-9_]*(?:\]|%5D)|\$\{[^}]*\}", re.IGNORECASE
)
_PROBE: Final = "harness-probe"


class Looks:
    """Finds what looks like a secret in text."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Take the patterns that the project adds."""
        self._own = [re.compile(pattern) for pattern in patterns]

    def find(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield what each looks like, and the text itself."""
        yield from _found_by_library(text)
        for beginning, what, form in _FORMS:
            if beginning in text:
                yield from ((what, match[0]) for match in form.finditer(text))
        if "bearer" in text.lower():
            for match in _BEARER.finditer(text):
                if not _is_hidden(match[1]):
                    yield "a bearer token", match[1]
        for number, pattern in enumerate(self._own, 1):
            for match in pattern.finditer(_PLACEHOLDER.sub("\n", text)):
                yield f"pattern {number} of the project's own", match[0]


def _found_by_library(text: str) -> Iterator[tuple[str, str]]:
    suspects = {*_ALWAYS, *[at for search, at in _SEARCHES if search(text)]}
    for detector in map(_DETECTORS.__getitem__, sorted(suspects)):
        for found in detector.analyze_string(text):
            if not _is_hidden(found):
                yield f"a secret of the kind {detector.secret_type}", found


def _is_hidden(text: str) -> bool:
    return _PROBE in text or bool(_PLACEHOLDER.match(text))
