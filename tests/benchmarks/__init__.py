"""How fast the harness is, and against what: run ``python -m tests.benchmarks``; nothing here is asserted."""
