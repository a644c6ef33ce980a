"""The sandbox: a local twin of the Astro API v1beta1, v1 and Labs, for trying, testing and recording.

It is built from the published contracts alone and proves nothing about the real service.
"""

from harness.sandbox.access import READ_ONLY_TOKEN
from harness.sandbox.answers import MARK
from harness.sandbox.app import BASES, create_app
from harness.sandbox.clock import Clock
from harness.sandbox.server import PORT, running, serve
from harness.settings import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN

__all__ = [
    "BASES",
    "MARK",
    "PORT",
    "READ_ONLY_TOKEN",
    "SANDBOX_ORGANIZATION_ID",
    "SANDBOX_TOKEN",
    "Clock",
    "create_app",
    "running",
    "serve",
]
