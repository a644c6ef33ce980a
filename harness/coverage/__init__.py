"""Coverage: which operations a run exercised, by check and by evidence, and what of the contracts it saw.

documented  the statuses and the listed values of an operation's answers, and which of them an answer shows
matrix      what a run exercised of the operations of v1beta1; a pure function of the run and the contracts
"""

from harness.coverage.matrix import Coverage, Exercised, Level, OperationCoverage, cover, narrowed

__all__ = ["Coverage", "Exercised", "Level", "OperationCoverage", "cover", "narrowed"]
