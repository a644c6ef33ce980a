"""What leaves this machine, or is made to be handed on, is looked through for secrets once more.

The log of a run holds none: they are taken out before anything is written. This does not rely on it, because
a log can be of another version, or of another hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.redact import Redactor
    from harness.result import Evidence, RunResult
    from harness.settings import SecretRules

_ADVICE: Final = (
    "Nothing was written or sent. Run the scenarios again with this version, which takes secrets out, and "
    "use the new log; replace the secret if it was handed on before."
)


def refuse_secrets(
    run: RunResult,
    texts: Mapping[str, str],
    secrets: Mapping[str, str],
    rules: SecretRules | None = None,
) -> None:
    """Refuse what has a secret in it: the evidence of a run, and texts that were made of it, by file name.

    ``secrets`` are known values by name, ``rules`` the project's own. The evidence is redacted once more,
    which must find nothing. The texts go through the check that shares no code with the redaction: it looks
    for known values under any encoding, and for what looks like a secret. The message says where, never what.

    Raises:
        UsageError: there is one.
    """
    from harness.leaks import LeakCheck
    from harness.redact import Redactor

    redactor = Redactor(secrets, rules=rules)
    for scenario in run.scenarios:
        for step in scenario.steps:
            for evidence in (step.baseline, step.candidate):
                if evidence and not _clean(evidence, redactor):
                    _refuse(step.where, "an exchange of this step holds a secret")
    check = LeakCheck(secrets, rules)
    for name, text in texts.items():
        for line, what in check.text(text.encode("utf-8", "surrogatepass")):
            _refuse(f"{name}:{line}", f"the file would hold {what}")


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
