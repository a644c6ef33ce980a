"""Tests of refusals."""

from __future__ import annotations

import pytest

from harness.sandbox.call import NotFound, Refusal, refuse_field


def test_a_refused_field_is_a_bad_request() -> None:
    """Refusing a field raises 400 with one field error that names it."""
    with pytest.raises(Refusal) as caught:
        refuse_field("entityId", "required", "is required")

    assert caught.value.status == 400
    assert [(error.field, error.message) for error in caught.value.fields] == [
        ("entityId", "entityId is required")
    ]


def test_not_found_says_what_and_which() -> None:
    """An id that leads nowhere is a 404 that names the kind of resource and the id."""
    refusal = NotFound("cm1", "API token")

    assert (refusal.status, str(refusal)) == (404, "API token cm1 not found")
