"""The sandbox: a local twin of the Astro API v1beta1, v1 and Labs, for trying, testing and recording.

It is built from the published contracts alone and proves nothing about the real service.
"""

from harness.sandbox.access import (
    DEPLOYMENT_TOKEN,
    EXPIRED_TOKEN,
    READ_ONLY_TOKEN,
    TEAM_MANAGER_TOKEN,
    TOKENS,
    WORKSPACE_TOKEN,
)
from harness.sandbox.answers import MARK
from harness.sandbox.app import BASES, create_app
from harness.sandbox.clock import Clock
from harness.sandbox.lists import LISTS
from harness.sandbox.server import PORT, running, serve
from harness.sandbox.setup import Setup, chosen, parse_faults
from harness.settings import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN

__all__ = [
    "BASES",
    "DEPLOYMENT_TOKEN",
    "EXPIRED_TOKEN",
    "LISTS",
    "MARK",
    "PORT",
    "READ_ONLY_TOKEN",
    "SANDBOX_ORGANIZATION_ID",
    "SANDBOX_TOKEN",
    "TEAM_MANAGER_TOKEN",
    "TOKENS",
    "WORKSPACE_TOKEN",
    "Clock",
    "Setup",
    "chosen",
    "create_app",
    "parse_faults",
    "running",
    "serve",
]
