"""What is trusted in TLS."""

from __future__ import annotations

import ssl

from harness.client.trust import tls_trust


def test_certificates_are_checked() -> None:
    """And the names in them; all who ask share what was loaded once."""
    trust = tls_trust()

    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname
    assert trust.get_ca_certs()
    assert tls_trust() is trust
