"""Where source trees call v1beta1, and where those calls land in v1.

``files`` are read, ``lines`` taken from them, ``paths`` found in those and ``fields`` next to them;
``tree`` judges what was found.
"""

from __future__ import annotations

from harness.scan.tree import Effort, Found, Kind, Scan, scan

__all__ = ["Effort", "Found", "Kind", "Scan", "scan"]
