"""What leaves this machine, or is made to be handed on, is looked through for secrets once more.

The log of a run holds none: they are taken out before anything is written. This does not rely on it, because
a log can be of another version, or of another hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from harness.errors import Problem, UsageError
from harness.redact.known import Known

if TYPE_CHECKING:
    from harness.redact import Redactor
    from harness.result import Evidence, RunResult

_TOKEN: Final = re.compile(
    r"""
      eyJ[\w-]{10,}\.eyJ[\w-]{5,}\.[\w-]*                     # a JWT, as the vendor's tokens are
    | \bgh[oprsu]_[A-Za-z0-9]{30,} | \bgithub_pat_\w{30,}
    | \bglpat-[\w-]{20,} | \bATATT3[\w=-]{30,} | \bxox[abeprs]-[\w-]{10,}
    | \bAKIA[0-9A-Z]{16}\b | \bAIza[\w-]{35}
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    """,
    re.VERBOSE,
)
_ADVICE: Final = (
    "Nothing was written or sent. Run the scenarios again with this version, which takes secrets out, and "
    "use the new log; replace the secret if it was handed on before."
)


def refuse_secrets(run: RunResult, texts: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Refuse what has a secret in it: the evidence of a run, and texts that were made of it, by file name.

    ``secrets`` are known values by name. Three things are asked: whether redaction still finds something in
    the evidence, whether a known value stands in a text in any spelling, and whether something in a text
    looks like a token. The message says where, never what.

    Raises:
        UsageError: there is one.
    """
    from harness.redact import Redactor

    redactor, known = Redactor(secrets), Known(secrets)
    for scenario in run.scenarios:
        for step in scenario.steps:
            for evidence in (step.baseline, step.candidate):
                if evidence and not _clean(evidence, redactor):
                    _refuse(step.where, "an exchange of this step holds a secret")
    for name, text in texts.items():
        if known.occurs(text):
            _refuse(name, "the file would hold a known token")
        if _TOKEN.search(text):
            _refuse(name, "the file would hold what looks like a token")


def _clean(evidence: Evidence, redactor: Redactor) -> bool:
    """Whether redaction finds nothing."""
    return (
        redactor.url(evidence.url) == evidence.url
        and redactor.headers(evidence.request_headers) == evidence.request_headers
        and redactor.headers(evidence.headers) == evidence.headers
        and all(
            redactor.json(body.data) == body.data
            for body in (evidence.request_body, evidence.body)
            if body.data
        )
    )


def _refuse(where: str, what: str) -> None:
    raise UsageError(Problem(where=where, what=what, advice=_ADVICE))
