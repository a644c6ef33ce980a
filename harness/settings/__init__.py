"""The settings of a project: ``[tool.harness]`` in its ``pyproject.toml``, read strictly.

A project without the table has settings too: the environments ``production`` and ``sandbox``, and
scenarios, cassettes and reports in directories of these names.
"""

from harness.settings.model import (
    COPY_TOKEN,
    DOCUMENTS,
    LIMITS,
    NO_TOKEN,
    NOISE_CALLS,
    ORGANIZATION,
    PRODUCTION,
    SANDBOX,
    SANDBOX_ADDRESS,
    SANDBOX_MARK,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_OTHER_ORGANIZATION_ID,
    SANDBOX_TOKEN,
    SANDBOX_TOKENS,
    TOKEN,
    Environment,
    Retries,
    RunAcceptance,
    SecretRules,
    Settings,
    is_token,
)
from harness.settings.reading import load_settings

__all__ = [
    "COPY_TOKEN",
    "DOCUMENTS",
    "LIMITS",
    "NOISE_CALLS",
    "NO_TOKEN",
    "ORGANIZATION",
    "PRODUCTION",
    "SANDBOX",
    "SANDBOX_ADDRESS",
    "SANDBOX_MARK",
    "SANDBOX_ORGANIZATION_ID",
    "SANDBOX_OTHER_ORGANIZATION_ID",
    "SANDBOX_TOKEN",
    "SANDBOX_TOKENS",
    "TOKEN",
    "Environment",
    "Retries",
    "RunAcceptance",
    "SecretRules",
    "Settings",
    "is_token",
    "load_settings",
]
