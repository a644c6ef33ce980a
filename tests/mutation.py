"""Mutates one module and runs its tests on each mutant: ``python -m tests.mutation MODULE DIRECTORY``.

Needs cosmic-ray, which is no dependency of the project. See ``tests/MUTATION.md``.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, TextIO

from tests.documentation import ROOT

TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "judge": (
        "tests/test_judge.py",
        "tests/test_judge_answers.py",
        "tests/test_judge_places.py",
        "tests/test_judge_contracts.py",
        "tests/test_relating.py",
        "tests/test_proof.py",
        "tests/rules/test_examples.py",
        "tests/test_judge_planted.py",
    ),
    "compare": (
        "tests/test_compare_answers.py",
        "tests/test_compare_bodies.py",
        "tests/test_compare.py",
        "tests/test_bodies.py",
        "tests/test_align.py",
        "tests/test_proof.py",
    ),
}
"""What may be mutated, and the tests that must notice, quick ones first."""

_SECONDS = 120.0
"""After which a mutant counts as killed: it loops."""

_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "reports")
_CONSTANT = re.compile(r"(Kind|Side|BodyKind|Severity|Documentation)\.[A-Z_]+|None|True|False")
_SAME = frozenset({"Is_Eq", "Eq_Is", "IsNot_NotEq", "NotEq_IsNot"})
_PYTEST = "-m pytest -x -q -p no:cacheprovider -p no:schemathesis --hypothesis-seed=0"
"""Schemathesis is only needed elsewhere and slow to import; a seed makes runs comparable."""


def main(argv: Sequence[str], stdout: TextIO) -> None:
    """Run what is left of a module's mutants in a copy of the project, and print which survived.

    A directory that has a session of the same source is taken up: what was killed stays killed, survivors
    are tried anew, with the tests as they are now.

    Raises:
        CalledProcessError: cosmic-ray is not installed, or a test fails without any mutation.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("module", choices=sorted(TESTS))
    parser.add_argument("directory", type=Path, help="where the copy and its session are kept")
    arguments = parser.parse_args(argv)
    if arguments.directory.resolve().is_relative_to(ROOT):
        parser.error(
            f"{arguments.directory} is within the project, which is copied there: name another place"
        )
    source = ROOT / "harness" / f"{arguments.module}.py"
    copy = arguments.directory.resolve() / arguments.module
    shutil.copytree(ROOT, copy, ignore=_LEFT_OUT, dirs_exist_ok=True)
    session = copy / f"{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}.sqlite"
    settings = copy / "mutation.toml"
    settings.write_text(_settings(arguments.module), "utf-8")
    _warm_up(copy, arguments.module)
    if not session.exists():
        _cosmic_ray(copy, "init", settings, session)
    with closing(sqlite3.connect(session)) as database:
        _prepare(database, ast.parse(source.read_text("utf-8")))
    _cosmic_ray(copy, "exec", settings, session)
    with closing(sqlite3.connect(session)) as database:
        for line in _report(database):
            print(line, file=stdout)


def _tests(module: str) -> list[str]:
    return [sys.executable, *_PYTEST.split(), *TESTS[module]]


def _warm_up(copy: Path, module: str) -> None:
    """Run the tests without a mutation: they must pass, and what they compile is kept.

    Mutants themselves are never kept: cosmic-ray forbids it, and Python sees that a file is newer.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(_tests(module), cwd=copy, env=environment, check=True)  # noqa: S603 - as above


def _settings(module: str) -> str:
    command = shlex.join(_tests(module))
    return (
        f'[cosmic-ray]\nmodule-path = "harness/{module}.py"\ntimeout = {_SECONDS}\nexcluded-modules = []\n'
        f'test-command = {json.dumps(command)}\n[cosmic-ray.distributor]\nname = "local"\n'
    )


def _cosmic_ray(directory: Path, *arguments: object) -> None:
    command = [sys.executable, "-m", "cosmic_ray.cli", *map(str, arguments)]
    subprocess.run(command, cwd=directory, check=True)  # noqa: S603 - our own interpreter and arguments


def _prepare(database: sqlite3.Connection, tree: ast.Module) -> None:
    """Leave out the mutants that cannot matter, and forget what survived before."""
    database.execute("DELETE FROM work_results WHERE test_outcome IS NULL OR test_outcome != 'KILLED'")
    query = "SELECT job_id, operator_name, start_pos_row, start_pos_col FROM mutation_specs"
    for job, operator, line, column in database.execute(query).fetchall():
        why = same_program(tree, operator, (line, column))
        if why:
            database.execute(
                "INSERT OR REPLACE INTO work_results (worker_outcome, output, job_id) VALUES (?, ?, ?)",
                ("SKIPPED", why, job),
            )
    database.commit()


def same_program(tree: ast.Module, operator: str, at: tuple[int, int]) -> str:
    """Say why no test can tell a mutant from its source, or nothing.

    ``operator`` is cosmic-ray's name of the change, ``at`` the line, from 1, and the column, from 0.
    """
    if any(_holds(node, at) for node in _annotations(tree)):
        return "annotation"
    if operator.rpartition("Operator_")[2] in _SAME and any(_holds(node, at) for node in _identities(tree)):
        return "identity"
    return ""


def _holds(node: ast.expr, at: tuple[int, int]) -> bool:
    end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return (node.lineno, node.col_offset) <= at < end


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the annotations: none is evaluated, by the import from ``__future__``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns:
            yield node.returns


def _identities(tree: ast.Module) -> Iterator[ast.Compare]:
    """Yield comparisons with one member of an enum, None, True or False; nothing else equals these here."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Compare)
            and len(node.ops) == 1
            and _CONSTANT.fullmatch(ast.unparse(node.comparators[0]))
        ):
            yield node


def _report(database: sqlite3.Connection) -> Iterator[str]:
    rows = database.execute(
        "SELECT operator_name, start_pos_row, test_outcome, worker_outcome, output, diff"
        " FROM mutation_specs LEFT JOIN work_results USING (job_id) ORDER BY start_pos_row, operator_name"
    ).fetchall()
    counts = Counter(
        output if worker == "SKIPPED" else str(outcome).lower() for _, _, outcome, worker, output, _ in rows
    )
    yield f"{len(rows)} mutants: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    for operator, line, outcome, worker, _, diff in rows:
        if outcome != "KILLED" and worker != "SKIPPED":
            yield f"{line}: {operator} {outcome}"
            yield from (
                f"    {row}"
                for row in (diff or "").splitlines()
                if row[:1] in "+-" and row[:3] not in ("+++", "---")
            )


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdout)
