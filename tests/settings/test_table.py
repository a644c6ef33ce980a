"""Values of the wrong type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.given import mistakes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.harness]\nx = \n", "pyproject.toml:2: this is not TOML: "),
        ("[tool.harness\n", "pyproject.toml:1: this is not TOML: "),
        (
            "[tool]\nharness = 3\n",
            "pyproject.toml: `tool.harness` must be a table, not 3. Write `[tool.harness]`",
        ),
        (
            "[tool.harness]\nenvironments = []\n",
            "pyproject.toml: `tool.harness.environments` must be a table, not an empty list.",
        ),
        (
            "[tool.harness.environments]\nstaging = 'x'\n",
            "pyproject.toml: `tool.harness.environments.staging` must be a table, not text.",
        ),
        (
            "[tool.harness]\ntimeout = true\n",
            "pyproject.toml: `tool.harness.timeout` must be a number of seconds",
        ),
        (
            "[tool.harness]\ntimeout = inf\n",
            "pyproject.toml: `tool.harness.timeout` must be a number of seconds",
        ),
        (
            "[tool.harness]\nscenarios = []\n",
            (
                "pyproject.toml: `tool.harness.scenarios` must be a list of text, not an empty list. "
                'Write for example `scenarios = ["scenarios"]`.'
            ),
        ),
        (
            "[tool.harness.gate]\noperations = 'ListUsers'\n",
            (
                "pyproject.toml: `tool.harness.gate.operations` must be a list of text, not text. "
                'Write for example `operations = ["..."]`.'
            ),
        ),
        (
            "[tool.harness]\nnoise-calls = -1\n",
            (
                "pyproject.toml: `tool.harness.noise-calls` must be a whole number, 0 or more, not -1. "
                "Write for example `noise-calls = 3`."
            ),
        ),
        (
            "[tool.harness.environments.sandbox.headers]\nX-Team = 3\n",
            (
                "pyproject.toml: `tool.harness.environments.sandbox.headers.X-Team` must be text, not 3. "
                'Write for example `X-Team = "..."`.'
            ),
        ),
        (
            "[tool.harness]\nreports = 1979-05-27\n",
            "pyproject.toml: `tool.harness.reports` must be text, not a date",
        ),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, text: str, message: str) -> None:
    """A file that is not TOML is told by its line, a wrong type by its dotted key."""
    assert mistakes(tmp_path, text)[0].startswith(message)
