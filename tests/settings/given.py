"""Settings as tests give them: text in, settings or mistakes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.settings import Settings, load_settings


def settings(root: Path, text: str) -> Settings:
    """Return the settings of a project whose pyproject.toml holds the text."""
    (root / "pyproject.toml").write_text(text, "utf-8")
    return load_settings(root)


def mistakes(root: Path, text: str) -> list[str]:
    """Return the messages for a pyproject.toml that holds the text."""
    with pytest.raises(UsageError) as caught:
        settings(root, text)
    return [str(problem) for problem in caught.value.problems]
