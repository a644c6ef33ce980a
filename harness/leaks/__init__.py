"""Secrets that got into files all the same: found by a check that shares no code with the redaction."""

from harness.leaks.check import Leak, LeakCheck
from harness.leaks.quarantine import Quarantine

__all__ = ["Leak", "LeakCheck", "Quarantine"]
