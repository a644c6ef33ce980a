"""Which fields hold what is personal, and which words are everybody's."""

from __future__ import annotations

import pytest

from harness.anonymize.kinds import Kind, is_constant, is_word, kind_of, numeric


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        *[
            (field, Kind.ID)
            for field in ("id", "workspaceId", "member_ids", "deployment-id", "dagId", "namespace")
        ],
        *[
            (field, Kind.NAME)
            for field in ("name", "names", "fullName", "username", "workspaceName", "objectKey")
        ],
        *[(field, Kind.EMAIL) for field in ("inviteeEmail", "contactEmails", "email")],
        *[(field, Kind.ROLE) for field in ("role", "organizationRole", "dagRoles")],
        *[(field, Kind.ADDRESS) for field in ("avatarUrl", "commitUrl")],
        ("host", Kind.HOST),
        *[
            (field, None)
            for field in ("status", "paid", "grid", "description", "type", "filenames", "", "valid")
        ],
        *[(field, None) for field in ("productPlanName", "authMethodName", "authTypeId")],
    ],
)
def test_the_name_of_a_field_tells(field: str, kind: Kind | None) -> None:
    """By its last word, in any spelling; the vendor's own catalogue is nobody's."""
    assert kind_of(field) is kind


@pytest.mark.parametrize("value", ["ACTIVE", "WORKSPACE_OWNER", "DEPLOYMENT_ADMIN", "default", "true"])
def test_words_of_the_service_stay(value: str) -> None:
    """What the contracts enumerate, roles of the vendor, and what means something to the service."""
    assert is_constant(Kind.NAME, value)
    assert is_constant(Kind.ROLE, value)
    assert not is_constant(Kind.ID, value)


@pytest.mark.parametrize(
    "value", ["organizations", "ListUsers", "fullName", "deployment", "Users", "default"]
)
def test_words_of_the_contracts_are_no_names_elsewhere(value: str) -> None:
    """Paths, operations, properties and parameters, in any case."""
    assert is_word(value)
    assert not is_word("meridian")


def test_digits_are_told_from_letters() -> None:
    """Of ASCII alone: other scripts' digits make no number."""
    assert [numeric(text) for text in ("123", "12a", "", "\u0661")] == [True, False, False, False]
