"""By which rules something was looked through for secrets."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness import redact
from harness.redact import Redactor
from harness.redact.edition import REVISION, edition
from harness.settings import SecretRules

_WORDS = st.lists(st.sampled_from(["license", "pin", "gridKey"]), unique=True, max_size=3).map(tuple)


def test_the_revision_is_that_of_the_code() -> None:
    """Files that an earlier redaction has been through are looked through again."""
    here = Path(redact.__file__).parent
    beside = [here.parent / f"{name}.py" for name in ("charset", "packing", "quick_json")]
    digest = hashlib.sha256()
    for path in [*sorted(here.glob("*.py")), *beside]:
        digest.update(path.read_bytes().replace(REVISION.encode(), b"").replace(b"\r\n", b"\n"))
    assert digest.hexdigest()[:8] == REVISION, (
        "set REVISION in harness/redact/edition.py to the digits on the left"
    )


def test_a_redactor_has_the_edition_of_its_rules() -> None:
    """Values and keys do not count: what is known of them is no rule."""
    rules = SecretRules(names=("license",), patterns=("AC-[0-9]+",))
    assert Redactor().edition == Redactor({"TOKEN": "abcdefgh"}, key=b"k").edition == edition(None)
    assert Redactor(rules=rules).edition == edition(rules)


def test_no_rules_are_an_empty_set_of_rules() -> None:
    """A project without rules of its own is like any other."""
    assert edition(None) == edition(SecretRules())


@given(_WORDS, _WORDS)
def test_other_rules_are_another_edition(names: tuple[str, ...], patterns: tuple[str, ...]) -> None:
    """The order in which they are written does not count; all else does."""
    made = edition(SecretRules(names=names, patterns=patterns))
    assert made == edition(SecretRules(names=names[::-1], patterns=patterns[::-1]))
    assert (made == edition(None)) == (not names and not patterns)
    assert (made == edition(SecretRules(names=patterns, patterns=names))) == (
        sorted(names) == sorted(patterns)
    )
