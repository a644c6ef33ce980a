"""The lines of ``harness doctor``."""

from __future__ import annotations

import json

from harness.doctor.diagnosis import diagnoses_json, diagnoses_text, is_well, ok, unknown, wrong

THREE = (ok("token", "it is set"), unknown("clock", "no Date"), wrong("v1", "401", "Make a new token."))


def test_each_has_a_line_and_what_is_to_be_done_another() -> None:
    """The states stand under each other, and the last line is the sum."""
    assert diagnoses_text(THREE) == (
        "ok       token  it is set\n"
        "unknown  clock  no Date\n"
        "wrong    v1     401\n"
        "                What to do: Make a new token.\n"
        "1 ok, 1 wrong, 1 unknown\n"
    )


def test_programs_read_them_as_json() -> None:
    """State, name, what was found and what to do are there, and whether all is well."""
    document = json.loads(diagnoses_json(THREE))

    assert document["ok"] is False
    assert document["diagnoses"][2] == {
        "name": "v1",
        "state": "wrong",
        "found": "401",
        "advice": "Make a new token.",
    }


def test_only_what_is_wrong_is_wrong() -> None:
    """What could not be found out keeps nobody from a run."""
    assert is_well(THREE[:2])
    assert not is_well(THREE)
