"""Secrets leave here, before anything is written: headers, URLs, JSON and text.

What is a secret is decided by three things:

1. the known values that the caller hands in, wherever they occur: as they are, percent-encoded, escaped for
   JSON or HTML, in base64 (also in the middle of it) or in hex (``known.py``);
2. the name it goes by: a header, a cookie, a query parameter, a form field, or a JSON property at any
   depth (``names.py``), or before ``=`` or ``:`` in any text (``assignments.py``);
3. its look: a JWT, ``Bearer ...``, ``Basic ...``, a private key, a password in a URL, some vendors'
   tokens (``looks.py``, ``coded.py``).

``key.py`` keeps the key of the placeholders, ``settled.py`` passes over what needs no redaction,
``clean_bodies.py`` remembers what had no secret, ``edition.py`` says by which rules something was looked
through.
"""

from harness.redact.key import lasting_key
from harness.redact.names import PLACEHOLDER, PROBE
from harness.redact.redactor import Redactor, project_redactor

__all__ = ["PLACEHOLDER", "PROBE", "Redactor", "lasting_key", "project_redactor"]
