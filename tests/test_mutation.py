"""What is mutated is there, and only the same programs are left out; cosmic-ray itself is not needed."""

from __future__ import annotations

import ast

import pytest

from tests.documentation import ROOT
from tests.mutation import TESTS, same_program


@pytest.mark.parametrize("module", TESTS)
def test_a_module_has_its_tests(module: str) -> None:
    """Modules and test files that are renamed are renamed in the list of what is mutated."""
    assert (ROOT / "harness" / f"{module}.py").is_file()
    assert [name for name in TESTS[module] if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    ("line", "operator", "why"),
    [
        ("def f(a: int @| str) -> None: ...", "core/ReplaceBinaryOperator_BitOr_Add", "annotation"),
        ("def f(a: int) -> int @| None: ...", "core/ReplaceBinaryOperator_BitOr_Add", "annotation"),
        ("a: int @| str = 1", "core/ReplaceBinaryOperator_BitOr_Add", "annotation"),
        ("a: int = 1 @| 2", "core/ReplaceBinaryOperator_BitOr_Add", ""),
        ("a @| b", "core/ReplaceBinaryOperator_BitOr_Add", ""),
        ("a @is Kind.VALUE", "core/ReplaceComparisonOperator_Is_Eq", "identity"),
        ("a @is not Kind.VALUE", "core/ReplaceComparisonOperator_IsNot_NotEq", "identity"),
        ("a @is False", "core/ReplaceComparisonOperator_Is_Eq", "identity"),
        ("a @is Kind.VALUE", "core/ReplaceComparisonOperator_Is_NotEq", ""),
        ("a @is Kind.VALUE", "core/ReplaceComparisonOperator_Is_Gt", ""),
        ("a @is other.value", "core/ReplaceComparisonOperator_Is_Eq", ""),
        ("a @== b", "core/ReplaceComparisonOperator_Eq_Is", ""),
        ("a is Kind.VALUE and b @== c", "core/ReplaceComparisonOperator_Eq_Is", ""),
    ],
)
def test_only_the_same_programs_are_left_out(line: str, operator: str, why: str) -> None:
    """An operator, here behind the sign, matters unless it stands in a type or compares with a constant."""
    tree = ast.parse(line.replace("@", ""))

    assert same_program(tree, operator, (1, line.index("@"))) == why
