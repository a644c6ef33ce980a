"""What a file is, by its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cassette import CassetteWriter
from harness.errors import HarnessError
from harness.exchange import Request
from harness.intake import read_recording
from harness.result import Provenance, Source
from harness.struct import replace
from tests.builders import exchange

_STOCK = """interactions:
- request:
    body: null
    headers: {accept: ['*/*']}
    method: GET
    uri: https://api.example.com/v1/things
  response:
    body: {string: '{"a": 1}'}
    headers: {content-type: [application/json]}
    status: {code: 200, message: OK}
version: 1
"""
_PROVENANCE = Provenance(
    source=Source.LIVE, environment="e", recorded="", tool="t", contracts={}, base_urls={}
)


def _fails(path: Path) -> str:
    with pytest.raises(HarnessError) as caught:
        read_recording(path, ())
    return str(caught.value)


def test_a_stock_cassette_is_read(tmp_path: Path) -> None:
    """A cassette of vcrpy's is many exchanges; nobody knows whether a token was sent."""
    path = tmp_path / "stock.yaml"
    path.write_text(_STOCK, "utf-8")
    recording = read_recording(path, ())
    (sample,) = recording.samples
    assert not recording.single
    assert sample.exchange.response is not None
    assert sample.exchange.response.body.data == {"a": 1}
    assert sample.authorized is None
    assert sample.where == f"{path} exchange 1"


@pytest.mark.parametrize("name", ["ours.yaml", "ours.json"])
def test_a_cassette_of_ours_is_read(tmp_path: Path, name: str) -> None:
    """Our own cassettes keep the token's place, so that its absence means something."""
    writer = CassetteWriter(secrets=[])
    for headers in ((), (("Authorization", "Bearer [T]"),)):
        request = Request(method="GET", url="https://api.example.com/v1/things", headers=headers)
        writer.add(exchange({"a": 1}, sent=request), "step")
    writer.save(tmp_path / name, _PROVENANCE, {})
    samples = read_recording(tmp_path / name, ()).samples
    assert [sample.authorized for sample in samples] == [False, True]
    assert [sample.exchange.elapsed for sample in samples] == [0.1, 0.1]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "interactions: []\nversion: 1\n", "holds no exchanges"),
        ("a.json", '{"interactions": 1}', "not a cassette"),
        ("a.json", '{"response": {"status": 200,}}', "a.json:1: this is not JSON"),
        (
            "a.json",
            '{"response": {"status": 200},\n "response": {"status": 200}}',
            "a.json:2: the key `response`",
        ),
        ("a.json", '{"response": {"status": 200, "body": NaN}}', "holds NaN, Infinity or a number"),
        ("a.json", '{"response": {"status": 200,\n "body": 1e999}}', "a.json:2: `1e999` is no number"),
        ("a.json", '{"response":\n' + "[" * 300 + "]" * 300 + "}", "a.json:2: more than 200 levels"),
        ("a.yaml", "response: {status: 200\n", "a.yaml:"),
        ("a.yaml", "\n", "a.yaml:1: the file is empty. Write an exchange document"),
        ("a.har", "", "a.har:1: the file is empty. Save it again, with content."),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    """A damaged file is an error that names the place, whatever the file is."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert said in _fails(path)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A missing file, a directory and bytes that are no text are errors."""
    assert "cannot be read" in _fails(tmp_path / "missing.json")
    assert "cannot be read" in _fails(tmp_path)
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in _fails(tmp_path / "bytes.json")


def test_json_with_another_suffix_may_be_yaml(tmp_path: Path) -> None:
    """A file that begins like JSON and is YAML's flow style is read as YAML."""
    path = tmp_path / "flow.yaml"
    path.write_text("{response: {status: 200}}", "utf-8")
    assert read_recording(path, ()).single


def test_repeats_are_left_out(tmp_path: Path) -> None:
    """What was only asked again to tell noise has no counterpart; the others keep their numbers."""
    writer = CassetteWriter(secrets=[])
    made = exchange({"a": 1})
    for one in (made, replace(made, repeat=True), made):
        writer.add(one, "step")
    writer.save(tmp_path / "ours.yaml", _PROVENANCE, {})

    assert [each.where.rpartition(" ")[2] for each in read_recording(tmp_path / "ours.yaml", ()).samples] == [
        "1",
        "3",
    ]
