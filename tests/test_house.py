"""The rules that the house is kept by, where no linter knows them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documentation import ROOT

SOURCES = sorted((ROOT / "harness").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MOST_LINES = 450
WHOLE = {
    "test_catalogue.py": "all rules together",
    "test_golden.py": "what people read, compared with files",
    "test_house.py": "all sources",
    "test_mutation.py": "what is mutated, and by what it is tested",
    "test_proof.py": "the proof table, through all floors",
    "test_readme.py": "README.md",
    "test_scenarios.py": "the shipped scenarios and cassettes",
}
"""Tests of no single source, and what they are about."""


def _tested(path: Path) -> Path:
    """Return where the tests of a source file are; those of a package's face stand with its parts."""
    below = path.relative_to(ROOT / "harness")
    return ROOT / "tests" / below.parent / f"test_{below.name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_source_has_its_tests(path: Path) -> None:
    """A source file has a test file of its name at the same place; packages' faces only collect names."""
    if path.name == "__init__.py":
        assert all(
            isinstance(
                node, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.Expr | ast.FunctionDef
            )
            for node in ast.parse(path.read_text("utf-8")).body
        )
    else:
        assert _tested(path).is_file()


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_test_file_has_its_source(path: Path) -> None:
    """A test file is named for a source at the same place, perhaps with a topic, or for the whole."""
    words = path.stem.removeprefix("test_").split("_")
    directory = ROOT / "harness" / path.parent.relative_to(ROOT / "tests")
    names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
    # The benchmarks are no part of the package: their sources stand beside their tests.
    sources = [directory / f"{name}.py" for name in names] + [path.parent / f"__{path.stem[5:]}__.py"]

    assert path.name in WHOLE or any(source.is_file() for source in sources)


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_test_says_what_must_hold(path: Path) -> None:
    """Every test has a docstring of one sentence."""
    for test in _functions(path):
        text = ast.get_docstring(test)
        assert text, f"{path.name}:{test.lineno} {test.name}"
        assert text.rstrip().endswith("."), f"{path.name}:{test.lineno} {test.name}"


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_source_is_too_long(path: Path) -> None:
    """A file that grows beyond what one reads in one go is split."""
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_exported_is_sorted(path: Path) -> None:
    """``__all__`` is sorted, constants first as ruff has it, and names only what is there."""
    tree = ast.parse(path.read_text("utf-8"))
    exported = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "__all__"
    ]

    for names in exported:
        assert len(names) == len(set(names))
        for name in names:
            assert re.search(rf"\b{name}\b", path.read_text("utf-8").replace(f'"{name}"', "")), name


def test_nothing_committed_names_a_machine() -> None:
    """No file names a home directory or an index that packages were downloaded from."""
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - wherever git is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    paths = [ROOT / name for name in listed.stdout.splitlines()] or SOURCES
    pattern = re.compile(r"/(home|root|Users)/\w+|https?://[^\s/]*(pypi|artifactory|nexus)[^\s/]*/simple")

    for path in paths:
        if path.is_file() and path != Path(__file__):
            found = pattern.search(path.read_text("utf-8", "replace"))
            assert found is None, f"{path}: {found and found[0]}"
