"""The check of exchanges and files, with the redaction and without it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from base64 import b64encode, encodebytes
from collections.abc import Callable
from hashlib import sha512
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.exchange import Exchange
from harness.leaks import Leak, LeakCheck, check
from harness.recorder import Keeper, Scope, Secrecy
from harness.redact import Redactor
from harness.settings import SecretRules
from tests.cassette import answer, exchange, get, write
from tests.leaks import ENCODINGS, JWT, PLACES, TOKEN

CHECK = LeakCheck({"ASTRO_API_TOKEN": TOKEN})
REDACTOR = Redactor({"ASTRO_API_TOKEN": TOKEN}, key=b"a key for tests")


def planted(secret: str, encoding: str, place: str) -> Exchange:
    """Make an exchange with a secret, in some spelling, in some place of it."""
    return PLACES[place](ENCODINGS[encoding](secret))


@pytest.mark.parametrize(("encoding", "place"), list(product(ENCODINGS, PLACES)))
@pytest.mark.parametrize("secret", [TOKEN, JWT], ids=["known", "looks"])
def test_what_is_not_taken_out_is_found(secret: str, encoding: str, place: str) -> None:
    """Without the redaction every secret is found, in each spelling and place; with it none is left."""
    given = planted(secret, encoding, place)

    assert CHECK.exchange(given)
    assert not CHECK.exchange(REDACTOR.exchange(given))


@given(
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=._-~!&%<>'\" ", min_size=16),
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from(sorted(PLACES)),
)
def test_any_known_value_is_found_and_taken_out(value: str, encoding: str, place: str) -> None:
    """Whatever a token is made of; one that ends in blanks is no token."""
    secret = value.strip() + "x9"
    check, redactor = LeakCheck({"A_TOKEN": secret}), Redactor({"A_TOKEN": secret}, key=b"k")
    given = planted(secret, encoding, place)

    assert check.exchange(given)
    assert not [what for _, what, _ in check.exchange(redactor.exchange(given)) if "A_TOKEN" in what]


def test_a_thousand_planted_secrets_reach_no_file(tmp_path: Path) -> None:
    """Neither the journal nor a cassette has one of them, and each of them is one that the check finds."""
    secrets = {f"T{n}_TOKEN": f"tok-{n:03}-" + b64encode(bytes([n] * 12)).decode() for n in range(100)}
    check = LeakCheck(secrets)
    plain = tmp_path / "plain"
    scope = Scope(origins=frozenset({("https", "h", 443)}))
    exchanges = [
        planted(secret, encoding, place)
        for secret, (encoding, place) in zip(
            [*secrets.values()] * 2, product(ENCODINGS, PLACES), strict=False
        )
        for _ in range(6)
    ]
    found = sum(bool(check.exchange(each)) for each in exchanges[::6])
    with Keeper(
        plain, scope, Secrecy(redactor=Redactor(secrets), secrets=secrets), environment="x"
    ) as keeper:
        for each in exchanges:
            keeper.ended(keeper.began(each.request), each)
        journal = [leak for file in plain.rglob("*") if file.is_file() for leak in check.file(file)]
        kept = keeper.finish()

    assert len(exchanges) >= 1000
    assert found == len(exchanges[::6])
    assert (kept.exchanges, kept.lost) == (len(exchanges), 0)
    assert [*journal, *(leak for file in plain.iterdir() for leak in check.file(file))] == []


def test_a_leak_in_a_cassette_says_where(tmp_path: Path) -> None:
    """File, line, exchange and part; the secret itself is not told."""
    path = write(tmp_path / "x.yaml", exchange(get(), answer(b'{"password":"open sesame"}')))
    (leak,) = CHECK.file(path)

    assert leak.where == f"{path}:{1 + path.read_text().splitlines().index(_line(path, 'sesame'))}"
    assert str(leak).endswith("exchange 1 (GET), response body: the value by the name `password`")
    assert "sesame" not in str(leak)


def _line(path: Path, text: str) -> str:
    return next(line for line in path.read_text().splitlines() if text in line)


def test_a_damaged_cassette_is_looked_through_as_text(tmp_path: Path) -> None:
    """What cannot be read as a cassette can still hold a secret."""
    path = tmp_path / "x.yaml"
    path.write_text(f"interactions:\n- request:\n    uri: https://h/{JWT}\n  broken: [\n")

    assert [leak.line for leak in CHECK.file(path)] == [3]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"a": {"password": "open sesame"}}'),
        ("a.jsonl", '{"a": 1}\n{"password": "open sesame"}\n'),
        ("a.yaml", "a:\n  password: open sesame\n"),
        ("a.har", '{"headers": [{"name": "Authorization", "value": "Bearer open-sesame"}]}'),
        ("a.log", f"called with {TOKEN}\n"),
        ("a.bin", f"\x00\x01{TOKEN}\x02"),
    ],
)
def test_files_of_many_kinds(tmp_path: Path, name: str, text: str) -> None:
    """Each is read as what it is; packed and archived ones too."""
    path = tmp_path / name
    path.write_text(text)
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(path, f"inside/{name}")

    assert len(CHECK.file(path)) == len(CHECK.file(packed)) == len(CHECK.file(archive)) == 1
    assert CHECK.file(archive)[0].path == f"{archive}!inside/{name}"


def test_a_person_can_vouch_for_a_line_and_a_response_cannot(tmp_path: Path) -> None:
    """The comment counts in files that people write, and only at the end of the line."""
    line = "password: not-real  # pragma: allowlist secret"
    vouched, data = tmp_path / "a.yaml", tmp_path / "a.json"
    vouched.write_text(f"{line}\n")
    data.write_text(json.dumps({"password": line}))
    cassette = write(tmp_path / "x.yaml", exchange(get(), answer(json.dumps({"password": line}).encode())))

    assert CHECK.file(vouched) == []
    assert len(CHECK.file(data)) == len(CHECK.file(cassette)) == 1


def test_a_secret_in_a_long_line_is_found_wherever_it_is() -> None:
    """A line of megabytes is cut in pieces, and no secret falls between two of them."""
    for place in range(0, 200_000, 9_973):
        line = b" " * place + TOKEN.encode() + b" " * (200_000 - place)

        assert [number for number, _ in CHECK.text(b"\n" + line)]


def test_short_values_are_not_looked_for() -> None:
    """A value of a few characters would be found inside ordinary words."""
    assert not LeakCheck({"A": "open"}).exchange(PLACES["text"]("an opened door"))


def test_the_rules_of_a_project_count(tmp_path: Path) -> None:
    """Its names and patterns are looked for as well."""
    path = tmp_path / "a.json"
    path.write_text('{"corpKey": "abc", "b": "corp-1234"}')
    check = LeakCheck({}, SecretRules(names=("corp-key",), patterns=("corp-[0-9]{4}",)))

    assert {leak.what for leak in check.file(path)} == {
        "the value by the name `corpKey`",
        "pattern 1 of the project's own",
    }


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A file that is not there and an archive that is damaged are no clean files."""
    broken = tmp_path / "a.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(UsageError, match="cannot be read"):
        CHECK.file(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="the archive cannot be read"):
        CHECK.file(broken)


def test_a_file_is_shown_by_the_name_that_it_is_to_have(tmp_path: Path) -> None:
    """A file that was just written has a name that nobody knows."""
    path = tmp_path / "a.json"
    path.write_text('{"password": "open sesame"}')
    (leak,) = CHECK.written(path, Path("b.json"))

    assert leak == Leak(path="b.json", line=1, what="the value by the name `password`")


def _zipped(content: bytes, name: str = "a.txt") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, _zipped], ids=["gzip", "zip"])
def test_what_is_packed_again_and_again_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Some files unpack to themselves, and some to more than any machine could look through."""
    content = b"password=open sesame"
    for depth in range(1, 8):
        content = pack(content)
        path = tmp_path / f"{depth}.bin"
        path.write_bytes(content)
    with pytest.raises(UsageError, match="packed more often than can be looked through"):
        LeakCheck({}).file(tmp_path / "7.bin")

    assert LeakCheck({"WORD": "open sesame"}).file(tmp_path / "4.bin")


def test_many_small_entries_are_not_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that an archive unpacks to is limited, not only each part of it."""
    monkeypatch.setattr(check, "_LARGEST_ARCHIVE", 1000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.txt", bytes(900))
    with pytest.raises(UsageError, match="larger than what can be looked through"):
        LeakCheck({}).file(path)


def test_what_comes_again_is_told_again() -> None:
    """Only what had nothing in it is remembered; a secret is told on each line that has it."""
    check = LeakCheck({"A_TOKEN": TOKEN})
    text = f"fine\n{TOKEN}\nfine\n{TOKEN}\n".encode()

    assert [line for line, _ in check.text(text)] == [line for line, _ in check.text(text)] == [2, 4]


def test_what_is_fine_as_text_is_none_as_a_form() -> None:
    """A body that was looked through is looked through again where it means something else."""
    check = LeakCheck({})
    told = []
    for media in ("text/plain", "application/x-www-form-urlencoded", "text/plain"):
        response = answer(b"password=open+sesame", media=media)
        told.append([what for _, what, _ in check.exchange(exchange(get(), response))])

    assert told == [[], ["the value by the name `password`"], []]


NOISE = b"".join(sha512(bytes([number])).digest() for number in range(57))


@pytest.mark.parametrize(("pack", "line"), [(bytes, 4), (gzip.compress, 2)], ids=["plain", "packed"])
def test_a_secret_in_lines_of_base64_is_found_with_its_line(
    pack: Callable[[bytes], bytes], line: int
) -> None:
    """Mails and keys break base64 into lines; what is packed in them is only found when they are joined."""
    lines = encodebytes(pack(NOISE[: 57 * 2 + 5] + TOKEN.encode() + NOISE))
    found = CHECK.text(b"first\n" + lines + b"last\n")

    assert {number for number, what in found if "ASTRO_API_TOKEN" in what} == {line}


def test_the_base64_of_a_body_that_was_looked_through_is_clean(tmp_path: Path) -> None:
    """Only of exactly that body: what else is in a file is looked through as it was."""
    clean = write(tmp_path / "a.yaml", exchange(get(), answer(NOISE, media="image/png")))
    check = LeakCheck({"ASTRO_API_TOKEN": TOKEN})

    assert check.file(clean) == []
    other = clean.read_bytes().replace(b64encode(NOISE)[4:60], b64encode(b"xy" + TOKEN.encode() + NOISE)[:56])
    (tmp_path / "b.txt").write_bytes(other)
    (leak,) = check.file(tmp_path / "b.txt")

    assert leak.what == "the value of ASTRO_API_TOKEN, in base64"


def test_a_long_search_is_told_before_it_begins(tmp_path: Path) -> None:
    """A file of megabytes takes seconds, in which nobody must think that nothing goes on; once is enough."""
    told: list[str] = []
    check = LeakCheck({}, tell=told.append)
    small, large = tmp_path / "small.txt", tmp_path / "large.txt"
    small.write_bytes(b"a b ")
    large.write_bytes(b"a b " * (1 << 20))
    for _ in range(2):
        assert check.file(small) == check.written(large, Path("shown")) == []

    assert told == ["shown: 4 MiB are looked through for secrets; this takes a few seconds."]


def test_a_file_that_is_packed_too_well_is_not_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its beginning could be looked through."""
    monkeypatch.setattr(check, "LARGEST", 1000)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(bytes(1000)))
    with pytest.raises(UsageError, match="more than can be looked through"):
        CHECK.file(path)


def test_folded_scalar(tmp_path: Path) -> None:
    """A known value is found in a string of YAML that goes on in the next line."""
    path = tmp_path / "notes.yaml"
    path.write_text('note: "abc Qa81hzuQz7def\\\n  XYZ98765 end"\n')

    assert [leak.what for leak in LeakCheck({"T": "Qa81hzuQz7defXYZ98765"}).file(path)] == [
        "the value of T, in broken lines"
    ]


@pytest.mark.parametrize(
    ("line", "has"),
    [
        ("ASTRO_API_TOKEN=hunter2hunter2 curl https://h.example", True),
        ("post(url, headers={'X-Api-Key': 'hunter2hunter2'})", True),
        ('token = os.environ["ASTRO_API_TOKEN"]', False),
        ('post(f"{BASE}/tokens?token={token}", headers={"X-Api-Key": key})', False),
        ('get(url, headers={"Authorization": "Bearer REDACTED-0a1b2c3d"})', False),
    ],
)
def test_a_line_of_code_with_a_secret_is_told_from_others(line: str, has: bool) -> None:  # noqa: FBT001
    """What only names a secret or reads it from elsewhere is none."""
    assert LeakCheck({}).has_secret(line) is has
