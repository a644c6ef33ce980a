"""Scenarios drafted from recorded traffic.

``calls`` are recorded exchanges of known operations; ``links`` says which were made of whose answers, and
cuts flows; ``folding`` makes one step of many calls, ``steps`` fills in variables, ``drafting`` writes YAML.
"""

from __future__ import annotations

from harness.draft.calls import Left
from harness.draft.drafting import Draft, Drafts, draft
from harness.draft.origin import provenance_of

__all__ = ["Draft", "Drafts", "Left", "draft", "provenance_of"]
