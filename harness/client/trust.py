"""What is trusted in TLS, by live calls and by whatever else calls the same hosts."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def tls_trust() -> ssl.SSLContext:
    """Load the certificates once: it takes 20 ms, and clients are many."""
    return httpx.create_ssl_context()
