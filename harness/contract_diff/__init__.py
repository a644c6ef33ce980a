"""What the published contracts of v1beta1 and v1 say that differs, operation by operation.

``walk`` compares schemas, with ``unions`` and ``renames``; ``facts`` turns that into differences like
those of live pairs; ``findings`` judges them; ``meeting`` finds them in recorded traffic;
``outline`` shows one operation as both contracts have it.
"""

from __future__ import annotations

from harness.contract_diff.facts import Part
from harness.contract_diff.findings import (
    Cause,
    ContractDiff,
    Documented,
    OperationDiff,
    When,
    contract_diff,
)
from harness.contract_diff.meeting import Held, held, refused_values
from harness.contract_diff.outline import Outline, Row, Section, outline

__all__ = [
    "Cause",
    "ContractDiff",
    "Documented",
    "Held",
    "OperationDiff",
    "Outline",
    "Part",
    "Row",
    "Section",
    "When",
    "contract_diff",
    "held",
    "outline",
    "refused_values",
]
