"""The check of what was written."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from harness.anonymize import Remains
from harness.anonymize.kinds import Kind
from harness.cassette import write_cassette
from harness.errors import CassetteError
from tests.anonymize import USER, USERS, called

KNOWN = {USER: Kind.ID, "Ines Calloway": Kind.NAME, "api": Kind.NAME, "山田太郎": Kind.NAME, "DAG": Kind.ID}


@pytest.mark.parametrize(
    "text",
    [
        USER,
        "by Ines Calloway.",
        quote("by Ines Calloway"),
        json.dumps({"x": "Ines Calloway\n"}),
        json.dumps("山田太郎さん"),
        base64.b64encode(b"\0\0by Ines Calloway").decode(),
    ],
)
def test_an_original_is_found_in_every_form(text: str) -> None:
    """Raw, percent-encoded, escaped, in base64."""
    (found, *_) = Remains(KNOWN).exchange(called(answer={"note": text}))

    assert found[0] == "response body"
    assert "an original" in found[1]


def test_a_short_one_is_found_by_its_place_alone() -> None:
    """Everywhere else it is a word; a catalogue's names are no one's."""
    remains = Remains(KNOWN)
    options = USERS.replace("/users", "/cluster-options")

    assert [*remains.exchange(called(answer={"path": "/api", "type": "DAG", "role": "DAG"}))] == []
    assert [*remains.exchange(called(options, [{"name": "api"}]))] == []
    assert [*remains.exchange(called(answer={"users": [{"name": "api"}]}))] == [
        ("response body", "the name by `name`")
    ]
    assert [*remains.exchange(called(f"{USERS}?names=api"))] == [("URL", "name")]


def test_a_cassette_with_one_is_not_written(tmp_path: Path) -> None:
    """It says which exchange and part, not what; nothing is left on disk."""
    path = tmp_path / "baseline.yaml"
    with pytest.raises(CassetteError) as caught:
        write_cassette(
            path, [(called(), ""), (called(answer={"x": "Ines Calloway"}), "")], None, review=Remains(KNOWN)
        )

    assert "it would not be anonymous: exchange 2, response body: an original name" in str(caught.value)
    assert "Calloway" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
