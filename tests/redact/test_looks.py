"""What secrets look like, in code."""

from __future__ import annotations

import pytest

from harness.redact import Redactor

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "line",
    [
        f'get(url, headers={{"Authorization": "Bearer {JWT}"}})',
        f'get("https://h.example/v1beta1?token={JWT}")',
        'get("https://ci:hunter2hunter2@h.example/iam/v1beta1")',
        'header = "Authorization: Bearer hunter2hunter2hunter2"',
    ],
)
def test_a_secret_in_code_is_taken_out(line: str) -> None:
    """What somebody wrote into a script is not shown to all who read a log."""
    cleaned = Redactor().code(line)

    assert JWT not in cleaned
    assert "hunter2" not in cleaned
    assert "REDACTED-" in cleaned


@pytest.mark.parametrize(
    "line",
    [
        'token = os.environ["ASTRO_API_TOKEN"]',
        'get(f"{BASE}/organizations/{org}/tokens?token={token}", password=password)',
        'curl -u "$USER:$PASSWORD" -H "Authorization: Bearer $TOKEN" https://$USER:$PASSWORD@h/iam/v1beta1',
        "url: https://${{ secrets.USER }}:${{ secrets.PASSWORD }}@h.example/iam/v1beta1",
        "proxy = https://h.example:8080/iam/v1beta1",
    ],
)
def test_code_stays_as_it_is(line: str) -> None:
    """What only names a secret, or fills one in, is what people must find again in their files."""
    assert Redactor().code(line) == line
