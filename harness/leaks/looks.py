"""What looks like a secret, whatever it is called; the only detect-secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import Any, Final

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
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

# What the library does not know yet.
_FORMS: Final = {
    "a secret of the kind GitHub fine-grained token": re.compile(r"\bgithub_pat_\w{20,}"),
    "a secret of the kind Atlassian API token": re.compile(r"\bATATT3[\w=-]{30,}"),
    "a secret of the kind Google API key": re.compile(r"\bAIza[\w-]{35}"),
}
_BEARER = re.compile(r"\bbearer +([\w.~+/-]{20,}=*)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"REDACTED-[0-9a-f]{8}|(?:\[|%5B)[A-Z][A-Z0-9_]*(?:\]|%5D)|\$\{[^}]*\}", re.IGNORECASE
)
_PROBE: Final = "harness-probe"

_NPM: Final = r"\/\/.+\/:_authToken=\s*((npm_.+)|([A-Fa-f0-9-]{36})).*"
_NPM_WORD: Final = "/:_authToken="
_NPM_BEFORE = re.compile(r"//.+\Z")
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}": ("a3t", "abia", "acca", "akia", "asia"),
    r"aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?[\'\"]([0-9a-zA-Z/+]{40})[\'\"]": ("aws",),
    r"[0-9a-z]{32}-us[0-9]{1,2}": ("-us",),
    _NPM: (_NPM_WORD.lower(),),
    r"AccountKey=[a-zA-Z0-9+\/=]{88}": ("accountkey=",),
    r"://[^:/\?\#\[\]@!\$\&'\(\)\*\+,;=\s]+:([^:/\?\#\[\]@!\$\&'\(\)\*\+,;=\s]+)@": ("@",),
    r"(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{36}": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    r"(glpat|gldt|glft|glsoat|glrt)-[A-Za-z0-9_\-]{20,50}(?!\w)": ("gl",),
    r"GR1348941[A-Za-z0-9_\-]{20,50}(?!\w)": ("gr1348941",),
    r"glcbt-([0-9a-fA-F]{2}_)?[A-Za-z0-9_\-]{20,50}(?!\w)": ("gl",),
    r"glimt-[A-Za-z0-9_\-]{25}(?!\w)": ("gl",),
    r"glptt-[A-Za-z0-9_\-]{40}(?!\w)": ("gl",),
    r"glagent-[A-Za-z0-9_\-]{50,1024}(?!\w)": ("gl",),
    r"gloas-[A-Za-z0-9_\-]{64}(?!\w)": ("gl",),
    r"eyJ[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+\.?[A-Za-z0-9-_.+/=]*?": ("eyj",),
    r"sk-[A-Za-z0-9-_]*[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}": ("t3blbkfj",),
    **{
        f"BEGIN {kind}": ("private key",)
        for kind in (
            *("DSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"),
            *("PRIVATE KEY", "RSA PRIVATE KEY", "SSH2 ENCRYPTED PRIVATE KEY"),
        )
    },
    "PuTTY-User-Key-File-2": ("putty-user",),
    "pypi-AgEIcHlwaS5vcmc[A-Za-z0-9-_]{70,}": ("pypi-ag",),
    "pypi-AgENdGVzdC5weXBpLm9yZw[A-Za-z0-9-_]{70,}": ("pypi-ag",),
    r"SG\.[a-zA-Z0-9_-]{22}\.[a-zA-Z0-9_-]{43}": ("sg.",),
    r"sq0csp-[0-9A-Za-z\\\-_]{43}": ("sq0csp-",),
    r"xox(?:a|b|p|o|s|r)-(?:\d+-)+[a-z0-9]+": ("xox",),
    r"https://hooks\.slack\.com/services/T[a-zA-Z0-9_]+/B[a-zA-Z0-9_]+/[a-zA-Z0-9_]+": ("://hooks",),
    r"(?:r|s)k_live_[0-9a-zA-Z]{24}": ("k_live_",),
    _FORMS["a secret of the kind GitHub fine-grained token"].pattern: ("github_pat_",),
    _FORMS["a secret of the kind Atlassian API token"].pattern: ("atatt3",),
    _FORMS["a secret of the kind Google API key"].pattern: ("aiza",),
    _BEARER.pattern: ("bearer",),
}
"""One of these is in every text, in any case, that the pattern finds; most texts have none, as is soon seen.

Patterns that are not in here have no such word, or the library has changed them: those are always tried."""


def _words(patterns: Iterable[re.Pattern[str]]) -> tuple[str, ...]:
    """Return what is in every text that one of the patterns finds; the empty word where it is not known."""
    words = (word for pattern in patterns for word in _WORDS.get(pattern.pattern, ("",)))
    return tuple(dict.fromkeys(words))


class Looks:
    """Finds what looks like a secret in text."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Take the patterns that the project adds."""
        self._own = [re.compile(pattern) for pattern in patterns]

    def find(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield what each looks like, and the text itself."""
        folded = text.casefold()
        for kind, words, found_in in _KINDS:
            if any(map(folded.__contains__, words)):
                yield from ((kind, found) for found in found_in(text) if not _is_hidden(found))
        for number, pattern in enumerate(self._own, 1):
            for match in pattern.finditer(_PLACEHOLDER.sub("\n", text)):
                yield f"pattern {number} of the project's own", match[0]


def _is_hidden(text: str) -> bool:
    return _PROBE in text or bool(_PLACEHOLDER.match(text))


def _of_npm(detector: Any, text: str) -> Iterator[str]:
    return chain.from_iterable(map(detector.analyze_string, _npm_lines(text)))


def _npm_lines(text: str) -> Iterator[str]:
    """Yield what the pattern of npm's tokens needs to see: by itself it takes a long line many times over."""
    addressed = False
    for before, after in pairwise(text.split(_NPM_WORD)):
        *earlier, line = before.rsplit("\n", 1)
        # What stood before an earlier token on the same line counts for this one too.
        addressed = (addressed and not earlier) or _NPM_BEFORE.search(line) is not None
        if addressed:
            yield f"//x{_NPM_WORD}{after}"


def _kinds() -> Iterator[tuple[str, tuple[str, ...], Callable[[str], Iterable[str]]]]:
    """Give each kind of secret: its name, what every text with one has, and what finds them."""
    for detector in _DETECTORS:
        found_in = detector.analyze_string
        if [pattern.pattern for pattern in detector.denylist] == [_NPM]:
            found_in = partial(_of_npm, detector)
        yield f"a secret of the kind {detector.secret_type}", _words(detector.denylist), found_in
    for kind, form in _FORMS.items():
        yield kind, _words([form]), form.findall
    yield "a bearer token", _words([_BEARER]), _BEARER.findall


_KINDS: Final = tuple(_kinds())
