"""What is refused, and how it is said."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import vcr

from harness.cassette import Cassette, CassetteWriter
from harness.errors import CassetteError
from harness.exchange import Json
from tests.cassette import PROVENANCE, answer, exchange, get, post, write

REMEDY = "pytest scenarios --mode record -k users"


REDACTION = "0a1b2c3d"


def problem(path: Path, line: int = 0) -> str:
    """Load a file that cannot be used; return what is said, which must be of that line, or of no one."""
    with pytest.raises(CassetteError) as caught:
        Cassette.load(path, remedy=REMEDY)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert said.endswith(REMEDY)
    return said


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 0, "is empty"),
        (b" \n\n", 0, "is empty"),
        (b"\xff\xfe\x00", 1, "not UTF-8"),
        (b"\xef\xbb\xbfa: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"just words", 0, "damaged: it is not a cassette"),
        (b"a: 1\n", 0, "damaged: it is not a cassette"),
        (b"[1, 2]\n", 0, "damaged: it is not a cassette"),
        (b"version: 1\ninteractions: []\n", 0, "holds no exchanges"),
        (b"version: 1\ninteractions:\n", 0, "damaged: it is not a cassette"),
        (
            b"version: 1\ninteractions: [{}]\n",
            2,
            "damaged: exchange 1 is not whole: its request is no mapping",
        ),
        (b"version: 1\ninteractions: [1]\n", 2, "damaged: exchange 1 is not whole: it is no mapping"),
        (b"version: 1\ninteractions: [{request: 1, response: 2}]\n", 2, "its request is no mapping"),
        (b"scenario: x\nsteps: [{name: a}]\n", 0, "damaged: it is not a cassette"),
        (b"a: [1\n", 2, "damaged: "),
        (b"a: b: c\n", 1, "damaged: mapping values are not allowed"),
        (b"<<<<<<< HEAD\nversion: 1\n=======\n", 2, "damaged"),
        (b"- request: {}\n  response: {}\n", 0, "older version of VCR"),
        (b"[" * 50_000, 1, "damaged: it is nested too deeply"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", 0, "damaged"),
    ],
)
def test_a_file_that_is_no_cassette_is_an_error(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    """The error names the file, the line, what is wrong, and how to record it again; the file stays."""
    path = tmp_path / "x.yaml"
    path.write_bytes(content)

    assert said in problem(path, line)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("{", 1, "damaged: Expecting property name"),
        ('{"a": 1,\n\n"b"}', 3, "damaged: Expecting ':'"),
        ("[]", 0, "not a cassette"),
        ('{"interactions": 1}', 0, "not a cassette"),
        ('{"interactions": [\n{"request": 1}]}', 2, "its request is no mapping"),
        ("[" * 9999, 0, "it is nested too deeply"),
    ],
)
def test_a_json_file_that_is_no_cassette_is_an_error(
    tmp_path: Path, content: str, line: int, said: str
) -> None:
    """The same holds for JSON."""
    path = tmp_path / "x.json"
    path.write_text(content)

    assert said in problem(path, line)


def test_a_missing_cassette_is_an_error(tmp_path: Path) -> None:
    """The error says that there is no file, and nothing is made."""
    assert "there is no such cassette" in problem(tmp_path / "no" / "x.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_no_cassette(tmp_path: Path) -> None:
    """What the system says is passed on in one line."""
    assert "cannot be read" in problem(tmp_path)


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_file_that_was_cut_anywhere_is_an_error(tmp_path: Path, suffix: str) -> None:
    """No part of a cassette passes for the whole, wherever it ends."""
    whole = write(
        tmp_path / f"whole.{suffix}",
        exchange(get("/a?x=1")),
        exchange(post({"a": [1, {"b": "c"}]}), answer(b"line\nline\n", media="text/plain")),
        variables={"id": "x", "n": 12},
    ).read_bytes()
    path = tmp_path / f"cut.{suffix}"
    accepted = []
    for end in range(1, len(whole)):
        path.write_bytes(whole[:end])
        try:
            Cassette.load(path)
        except CassetteError:
            continue
        accepted.append(end)

    # The last byte is a line feed, and without it nothing is lost.
    assert accepted == [len(whole) - 1]


def test_a_file_that_was_sewn_together_is_an_error(tmp_path: Path) -> None:
    """A count that does not fit shows that exchanges are missing, also where the text is YAML."""
    path = write(tmp_path / "x.yaml", exchange(), exchange(get("/q")))
    first, second, rest = path.read_text().split("- harness:\n")
    path.write_text(f"{first}- harness:\n{rest}")

    assert second
    assert "should hold 2 exchanges and holds 1" in problem(path)


def test_a_merge_conflict_is_an_error(tmp_path: Path) -> None:
    """Markers that git leaves in a file are found when it is loaded."""
    path = write(tmp_path / "x.yaml", exchange(response=answer(b'{"a":1,"b":2}')))
    path.write_text(
        path.read_text().replace('          "b": 2\n', '<<<<<<< HEAD\n          "b": 2\n=======\n')
    )

    # What YAML cannot make sense of is the line after the marker, which it takes for the start of a key.
    assert "damaged: " in problem(path, path.read_text().splitlines().index("<<<<<<< HEAD") + 2)


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_an_exchange_that_is_not_whole_is_told_with_its_line(tmp_path: Path, suffix: str) -> None:
    """The line on which it begins is where an editor should go, also in a file of many."""
    path = write(tmp_path / f"x.{suffix}", *(exchange(get(f"/p{number}")) for number in range(3)))
    lines = path.read_text().splitlines()
    at = [number for number, line in enumerate(lines, 1) if "/p1" in line][-1]
    lines[at - 1] = lines[at - 1].replace("uri", "url")
    path.write_text("\n".join(lines))
    starts = [number for number, line in enumerate(lines, 1) if line.startswith(("- harness:", '{"harness"'))]

    assert "damaged: exchange 2 is not whole: it has no `uri`" in problem(path, starts[1])


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_careful_edit_is_played_and_known(tmp_path: Path, suffix: str) -> None:
    """A file that was changed by hand and is sound is used, and says that it was edited."""
    path = write(tmp_path / f"x.{suffix}", exchange(response=answer(b'{"name":"Ann"}')))
    assert not Cassette.load(path).edited
    path.write_text(path.read_text().replace("Ann", "Bob"))

    cassette = Cassette.load(path)
    played = cassette.play(get())

    assert cassette.edited
    assert played.response is not None
    assert played.response.content == b'{"name":"Bob"}'


@pytest.mark.parametrize(
    ("suffix", "change", "known"),
    [
        (suffix, *each)
        for suffix in ("yaml", "json")
        for each in (("", REDACTION), ("Bob", ""), ("\r\n", REDACTION))
    ],
)
def test_the_redaction_is_known_of_what_nobody_changed(
    tmp_path: Path, suffix: str, change: str, known: str
) -> None:
    """Only the seal says so: an edited file may hold anything."""
    path = tmp_path / f"x.{suffix}"
    writer = CassetteWriter(redaction=REDACTION)
    writer.add(exchange(response=answer(b'{"name":"Ann"}')), "s")
    writer.save(path, PROVENANCE)
    text = path.read_text("utf-8")
    changed = text.replace("\n", change) if change == "\r\n" else text.replace("Ann", change or "Ann")
    path.write_bytes(changed.encode())

    assert REDACTION in text
    assert Cassette.load(path).redaction == known


def test_json_that_somebody_laid_out_anew_was_changed(tmp_path: Path) -> None:
    """Whatever a formatter of JSON does to a file, it is not what was saved; it is played all the same."""
    path = write(tmp_path / "x.json", exchange())
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), indent=2))

    assert Cassette.load(path).edited
    assert Cassette.load(path).play(get()) == exchange()


def test_json_of_earlier_versions_has_no_seal(tmp_path: Path) -> None:
    """Nobody can tell whether it was changed, and so it is not said."""
    path = write(tmp_path / "x.json", exchange())
    data = json.loads(path.read_text("utf-8"))
    del data["metadata"]["harness"]["seal"]
    path.write_text(json.dumps(data))

    assert not Cassette.load(path).edited
    assert Cassette.load(path).redaction == ""


def test_nobody_says_what_a_file_without_a_redaction_has_been_through(tmp_path: Path) -> None:
    """Files of earlier versions, and of other tools, do not say it."""
    assert Cassette.load(write(tmp_path / "x.yaml", exchange())).redaction == ""


def test_line_ends_of_another_system_are_no_edit(tmp_path: Path) -> None:
    """Git may write CRLF; the exchanges are the same."""
    path = write(tmp_path / "x.yaml", exchange())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert not Cassette.load(path).edited
    assert Cassette.load(path).play(get()) == exchange()


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_metadata_come_back(tmp_path: Path, suffix: str) -> None:
    """Provenance and variables are what was saved."""
    variables: dict[str, Json] = {
        "id": "x",
        "n": 1,
        "f": 1.5,
        "yes": "yes",
        "nothing": None,
        "list": [True, {"a": "1"}],
    }
    path = write(tmp_path / f"x.{suffix}", exchange(), variables=variables)

    cassette = Cassette.load(path)

    assert cassette.provenance == PROVENANCE
    assert cassette.variables == variables


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_cassette_without_exchanges_can_be_ours(tmp_path: Path, suffix: str) -> None:
    """A scenario may make no calls on a side; its file is whole."""
    assert len(Cassette.load(write(tmp_path / f"x.{suffix}"))) == 0


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_newer_format_is_refused(tmp_path: Path, suffix: str) -> None:
    """A file of a later version of the tool is not guessed at."""
    path = write(tmp_path / f"x.{suffix}", exchange())
    path.write_text(path.read_text().replace("format: 1", "format: 2").replace('"format": 1', '"format": 2'))

    assert "newer version" in problem(path)


def test_a_newer_version_of_vcrpys_format_is_refused(tmp_path: Path) -> None:
    """The same holds for the version of the outer format."""
    path = write(tmp_path / "x.yaml", exchange())
    path.write_text(path.read_text().replace("version: 1", "version: 2", 1))

    assert "version 2" in problem(path)


@pytest.mark.parametrize("wrong", ["source: moon", "contracts: 1", "variables: 1"])
def test_metadata_that_make_no_sense_are_refused(tmp_path: Path, wrong: str) -> None:
    """Evidence is only as good as what is known of where it came from."""
    path = write(tmp_path / "x.yaml", exchange())
    lines = path.read_text().splitlines(keepends=True)
    key = wrong.partition(":")[0]
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    indent = lines[at].index(key)
    while key == "contracts" and lines[at + 1].startswith(" " * (indent + 1)):
        del lines[at + 1]
    lines[at] = " " * indent + wrong + "\n"
    path.write_text("".join(lines))

    assert "damaged" in problem(path)


def test_a_file_that_stock_vcrpy_saved_again_is_foreign(tmp_path: Path) -> None:
    """Vcrpy drops what it does not know; the rest is played, and its origin is not claimed."""
    path = write(tmp_path / "x.yaml", exchange())
    with vcr.use_cassette(str(path), record_mode="all") as recording:
        recording.dirty = True
    assert "- harness:" not in path.read_text()

    cassette = Cassette.load(path)
    played = cassette.play(get())

    assert cassette.provenance is None
    assert played.response is not None
    assert json.loads(played.response.content) == {"id": 1}


def test_our_cassettes_need_no_vcrpy(tmp_path: Path) -> None:
    """Vcrpy takes long to import, and only files of its own need it."""
    path = write(tmp_path / "x.yaml", exchange())
    code = "import sys; from pathlib import Path; from harness.cassette import Cassette;"
    code += f"Cassette.load(Path({str(path)!r})); sys.exit('vcr' in sys.modules or 'httpx' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)  # noqa: S603 - our own code


def test_a_sealed_file_without_its_variables_is_told(tmp_path: Path) -> None:
    """What was sealed without a part of its metadata is damaged, and the message says which part."""
    path = write(tmp_path / "x.yaml", exchange(get("/p"), answer()))
    text = path.read_text("utf-8").replace("    variables: {}\n", "")
    body = text[: text.index("    seal: ")]
    count = text[text.index("    exchanges: ") :]
    path.write_text(f"{body}    seal: crc32-{zlib.crc32(body.encode()):08x}\n{count}", "utf-8")

    assert "its variables are missing" in problem(path)
