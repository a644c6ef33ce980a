"""The traffic recorder: several ways in for exchanges, one way out.

``scope`` says what may be kept, ``keeper`` keeps it: without secrets, in a ``journal`` as it ends, and in
cassettes when the recording ends. ``running`` runs a command whose Python processes hand
their exchanges over: ``injected`` is what stands in those, ``receiving`` the other end.
"""

from __future__ import annotations

from harness.recorder.journal import Begun
from harness.recorder.keeper import Keeper, Kept, Secrecy, is_anonymous, recover
from harness.recorder.running import ADDON, Job, run_job
from harness.recorder.scope import Scope, scope_of
from harness.recorder.storable import cut_field, without_bodies
from harness.traffic import WORK

__all__ = [
    "ADDON",
    "WORK",
    "Begun",
    "Job",
    "Keeper",
    "Kept",
    "Scope",
    "Secrecy",
    "cut_field",
    "is_anonymous",
    "recover",
    "run_job",
    "scope_of",
    "without_bodies",
]
