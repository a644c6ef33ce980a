"""What leaves this machine is looked through for secrets."""

from __future__ import annotations

import base64

import pytest

from harness.commands.outgoing import refuse_secrets
from harness.errors import UsageError
from harness.result import Evidence
from harness.settings import SecretRules
from harness.struct import replace
from tests.report.builders import body, evidence, failing_run, hostile_run, run, sandbox_run, scenario, step

TOKEN = "s3cr3t-of-mine-and-nobody-else"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"


def test_a_run_of_ours_has_none() -> None:
    """Nothing is refused, whatever was answered."""
    for made in (failing_run(), sandbox_run(), hostile_run()):
        refuse_secrets(made, {"report.md": "Bearer [ASTRO_API_TOKEN] REDACTED-1f2e3d4c"}, {"TOKEN": TOKEN})


@pytest.mark.parametrize(
    "kept",
    [
        evidence(request_headers=(("authorization", f"Bearer {TOKEN}"),)),
        evidence(headers=(("set-cookie", "session=0123456789abcdef; Path=/"),)),
        evidence(url="https://api.example.com/x?api_key=0123456789abcdef"),
        evidence(request_body=body({"apiKey": "0123456789abcdef0123456789abcdef"})),
        evidence(data={"anything": f"it is {TOKEN}"}),
        evidence(data={"token": JWT}),
    ],
)
def test_evidence_that_was_not_redacted(kept: Evidence) -> None:
    """The step is named, and the secret is not."""
    called = replace(step(where="scenarios/a.yaml:7"), candidate=kept)

    with pytest.raises(UsageError, match=r"^scenarios/a\.yaml:7: an exchange of this step holds") as caught:
        refuse_secrets(run(scenario(called)), {}, {"TOKEN": TOKEN})
    assert TOKEN not in str(caught.value)
    assert "0123456789abcdef" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        base64.b64encode(f"user:{TOKEN}".encode()).decode(),
        TOKEN.encode().hex(),
        JWT,
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "a1B2" * 9,
        "ATATT3xFf" + "a1B2" * 9,
        "AKIA" + "ABCD" * 4,
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_a_text_with_a_secret(text: str) -> None:
    """A known one in any spelling, or what looks like one; the file is named, and the secret is not."""
    with pytest.raises(UsageError, match=r"^report\.md:2: the file would hold") as caught:
        refuse_secrets(run(), {"a.md": "fine", "report.md": f"one\nbefore {text} after"}, {"TOKEN": TOKEN})
    assert text not in str(caught.value)
    assert "Nothing was written or sent." in str(caught.value)


def test_what_the_project_calls_a_secret() -> None:
    """Its own names and patterns count, in the evidence and in the texts."""
    rules = SecretRules(names=("seal",), patterns=("SEAL-[0-9]{4}",))

    with pytest.raises(UsageError, match="an exchange of this step holds a secret"):
        refuse_secrets(
            run(scenario(step(candidate=evidence(data={"seal": "of-wax-and-ink"})))), {}, {}, rules
        )
    with pytest.raises(UsageError, match=r"^a\.md:1: the file would hold"):
        refuse_secrets(run(), {"a.md": "it is SEAL-1234"}, {}, rules)
