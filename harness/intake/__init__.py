"""Recorded exchanges from files: exchange documents, HARs, access logs, cassettes, each by its content.

``sample`` is what all of them become, ``checker`` collects what is wrong with a file, ``documents``, ``har``
and ``access_log`` read one format each; cassettes have their own package.
"""

from __future__ import annotations

from harness.intake.opening import read_recording
from harness.intake.sample import Recording, Sample

__all__ = ["Recording", "Sample", "read_recording"]
