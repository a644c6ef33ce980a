"""What a project agrees to of runs as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.result import Accepted
from harness.settings import RunAcceptance
from tests.settings.given import mistakes, settings

WHOLE = """\
[tool.harness]

[[tool.harness.accept]]
rule = "latency-regressed"
operation = "ListTeams"
reason = "the job runs at night"
ticket = "PLAT-413"
since = 2026-11-29
until = "2027-01-31"

[[ tool . harness . accept ]]
rule = "latency-regressed"
operation = "GET /organizations/o/odd"
reason = "it is called once a year"
"""


def test_acceptances_are_read_with_their_lines(tmp_path: Path) -> None:
    """Days are TOML's own or text; what no contract has is named by method and path."""
    first, second = settings(tmp_path, WHOLE).accept

    assert first == RunAcceptance(
        rule="latency-regressed",
        operation="ListTeams",
        accepted=Accepted(
            reason="the job runs at night",
            ticket="PLAT-413",
            since="2026-11-29",
            until="2027-01-31",
            where="pyproject.toml:3",
        ),
    )
    assert (second.operation, second.accepted.where) == ("GET /organizations/o/odd", "pyproject.toml:11")


def test_a_list_in_place_has_no_lines(tmp_path: Path) -> None:
    """Written as one value it is as good, and only the file is known."""
    text = '[tool.harness]\naccept = [{rule = "latency-regressed", reason = "fine"}]\n'
    (read,) = settings(tmp_path, text).accept

    assert (read.operation, read.accepted.where) == ("", "pyproject.toml")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            'rule = "status-changed"',
            "accept[0].rule` cannot be `status-changed`. Use one of latency-regressed.",
        ),
        ("rule = 7", "accept[0].rule` must be one line of text."),
        ("", 'accept[0].rule` is missing. Write for example `rule = "latency-regressed"`.'),
        ('rule = "latency-regressed"', "accept[0].reason` is missing."),
        ('reason = " "', "accept[0].reason` must be one line of text."),
        ('reason = "a\\nb"', "accept[0].reason` must be one line of text."),
        (
            'operation = "ListTeam"',
            "accept[0].operation`: there is no operation `ListTeam`. Write `ListTeams`.",
        ),
        (
            "until = 2027-01-31T10:00:00Z",
            "accept[0].until` is no day. Write for example `until = 2027-01-31`.",
        ),
        ('until = "20270131"', "accept[0].until` is no day."),
        ('until = "2027-02-30"', "accept[0].until` is no day."),
        ("until = []", "accept[0].until` is no day."),
        ("since = 2027-01-02\nuntil = 2027-01-01", "accept[0].until` is before `since`."),
        ('until = ""', "accept[0].until` is no day."),
        ('path = "$.elapsed"', "accept[0].path` is not a setting."),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path: Path, key: str, message: str) -> None:
    """Where the acceptance begins, what is wrong, and what to write."""
    told = mistakes(tmp_path, f"[tool.harness]\n\n[[tool.harness.accept]]\n{key}\n")

    assert any(line.startswith("pyproject.toml:3: `tool.harness.") and message in line for line in told), told


@pytest.mark.parametrize("value", ["{}", "7", "[7]"])
def test_what_is_no_list_of_tables_is_told(tmp_path: Path, value: str) -> None:
    """A table alone, a number, and a list of numbers."""
    told = mistakes(tmp_path, f"[tool.harness]\naccept = {value}\n")

    assert any("accept" in line and "table" in line for line in told)
