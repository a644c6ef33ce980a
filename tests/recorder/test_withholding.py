"""Secrets hidden in bodies as nobody would think: a recording is had all the same, without them."""

from __future__ import annotations

import base64
import codecs
import gzip
import io
import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cassette import Cassette
from harness.errors import CassetteError
from harness.exchange import BODY_CUT, Exchange, Request, Response
from harness.leaks import LeakCheck, Quarantine
from harness.recorder import Keeper, Kept, Secrecy, recover
from harness.redact import Redactor
from harness.settings import SecretRules
from harness.struct import replace
from tests.recorder import IAM, SCOPE, SECRETS, TOKEN, exchange, keep, keeper


def deflated(data: bytes) -> bytes:
    """Pack without any header."""
    return _packed(data, -15)


def _packed(data: bytes, window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(data) + packer.flush()


def zipped(data: bytes, name: str = "a.txt") -> bytes:
    """Pack as the only file of an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return made.getvalue()


def _named_gzip(data: bytes) -> bytes:
    made = io.BytesIO()
    with gzip.GzipFile(f"{TOKEN}.json", "wb", fileobj=made, mtime=0) as file:
        file.write(data)
    return made.getvalue()


PACKINGS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "gzip in parts": lambda data: gzip.compress(data[:9], mtime=0) + gzip.compress(data[9:], mtime=0),
    "gzip by a name": _named_gzip,
    "zlib": zlib.compress,
    "zlib, stored": lambda data: zlib.compress(data, 0),
    "zlib, quick": lambda data: zlib.compress(data, 2),
    "zlib, small window": lambda data: _packed(data, 9),
    "zlib twice": lambda data: zlib.compress(b"first") + zlib.compress(data),
    "gzip, then zlib": lambda data: gzip.compress(b"first", mtime=0) + zlib.compress(data),
    "zlib cut short": lambda data: zlib.compress(data + bytes(range(256)) * 9)[:-20],
    "gzip cut short": lambda data: gzip.compress(data + bytes(range(256)) * 9)[:-20],
    "deflate": deflated,
    "zip": zipped,
    "zip by a name": lambda data: zipped(data, f"{TOKEN}.txt"),
}
CHARSETS: Final[dict[str, Callable[[bytes], bytes]]] = {
    codec: lambda data, codec=codec: data.decode("utf-8", "replace").encode(codec)  # type: ignore[misc]
    for codec in ("utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
}
CODES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "hex": lambda data: data.hex().encode(),
    "URL": lambda data: quote(data).encode(),
    "JSON": lambda data: json.dumps({"note": data.decode("utf-8", "replace")}).encode(),
    "escapes": lambda data: "".join(f"\\u{ord(letter):04x}" for letter in data.decode("latin-1")).encode(),
    "behind noise": lambda data: b"\xff\xfe\x01\x80" + data,
    "before noise": lambda data: data + b"\x00\xff",
    "behind an odd zero": lambda data: b"a\0" + data + b"\0",
    "nothing": bytes,
}
WRAPPINGS: Final = PACKINGS | CHARSETS | CODES
MEDIA: Final = (
    "application/json",
    "text/plain; charset=utf-16",
    "text/plain; charset=UTF-16LE",
    "image/png",
    "",
)


def secrecy(directory: Path, secrets: dict[str, str] = SECRETS) -> Secrecy:
    """Return what keeps the token out, as the command has it."""
    check = LeakCheck(secrets, SecretRules())
    review = Quarantine(check, directory / "quarantine")
    return Secrecy(redactor=Redactor(secrets), secrets=secrets, check=check, review=review)


def recorded(directory: Path, *exchanges: Exchange) -> tuple[Kept, tuple[Exchange, ...]]:
    """Record exchanges; return what came of it, and the cassette."""
    with Keeper(directory / "r", SCOPE, secrecy(directory), environment="production") as made:
        keep(made, *exchanges)
        kept = made.finish()
    return kept, tuple(Cassette.load(directory / "r" / "baseline.yaml", remedy="").exchanges)


def answered(content: bytes, media: str = "") -> Exchange:
    """Make an exchange whose answer has a body."""
    made = exchange()
    response = Response(status=200, headers=(("content-type", media),) if media else (), content=content)
    return replace(made, response=response)


def body(exchange: Exchange) -> bytes:
    """Return the body of an answer."""
    assert exchange.response is not None
    return exchange.response.content


TEXT: Final = f'{{"note": "a token: {TOKEN}, they said", "name": "something else"}}'
CLEAN: Final = TEXT.replace(TOKEN, "[ASTRO_API_TOKEN]")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marked", ["mark", "charset", "neither"])
@pytest.mark.parametrize("pack", [bytes, zlib.compress], ids=["plain", "packed"])
def test_wide_text_is_cleaned_and_stays_what_it_is(
    tmp_path: Path, codec: str, marked: str, pack: Callable[[bytes], bytes]
) -> None:
    """By its mark, by the charset of the content type, or by its look: nothing is withheld."""
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(
        codec, codecs.BOM_UTF32_LE if codec.endswith("le") else codecs.BOM_UTF32_BE
    )
    mark = mark if marked == "mark" else b""
    media = f"text/plain; charset={codec}" if marked == "charset" else "text/plain"
    kept, (found,) = recorded(tmp_path, answered(pack(mark + TEXT.encode(codec)), media))

    plain = zlib.decompress(body(found)) if pack is zlib.compress else body(found)
    assert plain == mark + CLEAN.encode(codec)
    assert kept.withheld == ()


def test_a_secret_by_its_name_is_taken_out_of_wide_json(tmp_path: Path) -> None:
    """JSON may be in UTF-16, and what goes by the name of a secret is one there, too."""
    _, (found,) = recorded(
        tmp_path, answered('{"password": "open sesame"}'.encode("utf-16"), "application/json")
    )

    assert "sesame" not in body(found).decode("utf-16")


@pytest.mark.parametrize("media", ["text/plain; charset=cp500", 'text/plain; Charset="utf-7"'])
def test_a_charset_that_hides_ascii_is_read(tmp_path: Path, media: str) -> None:
    """The content type says how."""
    codec = media.partition("=")[2].strip('"')
    _, (found,) = recorded(tmp_path, answered(TEXT.encode(codec), media))

    assert body(found).decode(codec) == CLEAN


@pytest.mark.parametrize("packing", ["gzip", "gzip in parts", "zlib", "zlib, stored", "deflate", "zip"])
def test_what_is_packed_is_cleaned_and_packed_again(tmp_path: Path, packing: str) -> None:
    """Without a content coding too, and in each other; what had no secret in it stays byte for byte."""
    pack = PACKINGS[packing]
    fine = pack(pack(b'{"a": 1}'))
    kept, (found, other) = recorded(tmp_path, answered(pack(pack(TEXT.encode()))), answered(fine))
    plain = body(found)
    for _ in range(2):
        plain = _unpacked(packing, plain)

    assert plain == CLEAN.encode()
    assert body(other) == fine
    assert kept.withheld == ()


def _unpacked(packing: str, data: bytes) -> bytes:
    if packing == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read("a.txt")
    if packing.startswith("gzip"):
        return gzip.decompress(data)
    return zlib.decompress(data, -15 if packing == "deflate" else 15)


@pytest.mark.parametrize("packing", ["gzip by a name", "zip by a name"])
def test_a_secret_in_the_name_of_a_packed_file_is_taken_out(tmp_path: Path, packing: str) -> None:
    """The file itself is kept."""
    _, (found,) = recorded(tmp_path, answered(PACKINGS[packing](b"something")))

    assert TOKEN.encode() not in body(found)
    assert body(found)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"a": base64.b64encode(gzip.compress(TEXT.encode())).decode()}).encode(),
        PACKINGS["zlib cut short"](TEXT.encode()),
        b"\x28\xb5\x2f\xfd and what nobody can read",
        f"{TOKEN[:9]}\0{TOKEN[9:]}".encode(),
    ],
    ids=["gzip in base64", "cut short", "zstd", "a zero in the middle"],
)
def test_what_cannot_be_cleaned_is_its_length_and_its_hash(tmp_path: Path, content: bytes) -> None:
    """The recording is had, with every other exchange, and says which one lacks its body."""
    kept, (found, other) = recorded(tmp_path, answered(content), exchange(f"{IAM}/organizations"))

    assert found.response is not None
    assert found.response.content == b""
    assert found.response.headers[-1][0] == BODY_CUT
    assert body(other) == body(exchange())
    (said,) = kept.withheld
    assert said.startswith(
        f"GET {exchange().request.url} of 2026-11-27T10:00:00.000Z: the body of its response "
    )


def test_a_recording_that_was_refused_before_is_recovered(tmp_path: Path) -> None:
    """Also one that an earlier version kept as it came."""
    with keeper(tmp_path / "r") as made:
        made._secrecy = replace(made._secrecy, redactor=Redactor())
        keep(made, answered(base64.b64encode(zlib.compress(TEXT.encode()))))
    kept = recover(tmp_path / "r", "production", secrecy(tmp_path))

    assert (kept.exchanges, len(kept.withheld)) == (1, 1)
    assert not (tmp_path / "quarantine").exists()


def test_a_secret_in_a_method_or_the_name_of_a_field_has_a_placeholder(tmp_path: Path) -> None:
    """A replay cannot find a request whose method is another now, and that is told."""
    made = exchange()
    fields = ((f"X-{TOKEN}", "hello"), ("Accept", "*/*"))
    request = Request(method=f"GET{TOKEN}", url=made.request.url, headers=fields)
    response = Response(status=200, headers=fields, content=b"{}")
    kept, (found,) = recorded(tmp_path, replace(made, request=request, response=response))

    assert found.request.method == "GET[ASTRO_API_TOKEN]"
    assert found.response is not None
    assert found.request.headers == found.response.headers
    assert [name for name, _ in found.request.headers] == ["X-[ASTRO_API_TOKEN]", "Accept"]
    assert found.request.headers[0][1].startswith("REDACTED-")
    assert [said.partition(": ")[2] for said in kept.withheld] == [
        "its method had a secret, and has a placeholder for it: no replay finds the request."
    ]


def test_what_is_hidden_in_urls_and_fields_has_a_placeholder(tmp_path: Path) -> None:
    """Only the part that has it."""
    hidden = base64.urlsafe_b64encode(zlib.compress(TEXT.encode())).decode().rstrip("=")
    made = exchange(f"{IAM}/organizations/o/users?a=1&b={hidden}")
    request = replace(made.request, method=hidden, headers=(("X-State", hidden), ("Accept", "*/*")))
    kept, (found,) = recorded(tmp_path, replace(made, request=request))

    assert found.request.method.startswith("REDACTED-")
    assert found.request.url.startswith(f"{IAM}/organizations/o/users?a=1&b=REDACTED-")
    assert found.request.headers[0][1].startswith("REDACTED-")
    assert found.request.headers[1] == ("Accept", "*/*")
    assert len(kept.withheld) == 3


def test_a_name_is_no_encoding(tmp_path: Path) -> None:
    """What a rule can still take out stops the cassette, whatever it is called."""
    made = replace(secrecy(tmp_path), redactor=Redactor())
    rules = LeakCheck({}, SecretRules(names=("a, in b",)))
    made = replace(made, check=rules, review=Quarantine(rules, tmp_path / "quarantine"))
    with Keeper(tmp_path / "r", SCOPE, made, environment="production") as keeper:
        keep(keeper, answered(b'{"a, in b": "something"}', "application/json"))
        with pytest.raises(CassetteError, match="the value by the name `a, in b`"):
            keeper.finish()


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress, lambda data: data.decode().encode("utf-16")])
def test_fields_that_are_no_text_at_all_have_placeholders(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    """Whatever a tool took for a field, and also where only all of them together have the secret."""
    made = exchange()
    odd = pack(TEXT.encode()).decode("latin-1")
    half = base64.b64encode(TOKEN.encode()).decode()
    fields = ((odd, "1"), ("X-Odd", odd), ("Accept", "*/*"), ("X-A", f"{half[:20]}\\"), ("X-B", half[20:]))
    kept, (found,) = recorded(tmp_path, replace(made, request=replace(made.request, headers=fields)))

    assert found.request.headers[0][0].startswith("REDACTED-")
    assert found.request.headers[1][1].startswith("REDACTED-")
    assert len(kept.withheld) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wrappings=st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=3),
    media=st.sampled_from(MEDIA),
    text=st.sampled_from([TEXT, TOKEN, f"Bearer {TOKEN}", f"t={TOKEN}&x=1", f"\u20ac {TOKEN} \u4e16"]),
    part=st.sampled_from(["request", "response"]),
)
def test_no_wrapping_of_a_secret_costs_the_recording(
    wrappings: list[str], media: str, text: str, part: str
) -> None:
    """Whatever a body is wrapped in: no file has the secret, and all exchanges are there."""
    content = text.encode()
    for wrapping in wrappings:
        content = WRAPPINGS[wrapping](content)
    made = exchange()
    message = Request(
        method="POST", url=made.request.url, headers=(("content-type", media),), content=content
    )
    odd = replace(made, request=message) if part == "request" else answered(content, media)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        kept, found = recorded(directory, odd, exchange(f"{IAM}/organizations"))
        files = [path for path in directory.rglob("*") if path.is_file()]

        assert (kept.exchanges, kept.lost, len(found)) == (2, 0, 2)
        assert [path.name for path in files] == ["baseline.yaml"]
        assert not [leak for path in files for leak in LeakCheck(SECRETS).file(path)]
        assert not _remains(found[0], wrappings)


def _remains(exchange: Exchange, wrappings: list[str]) -> bool:
    """Whether the secret is there when what was done to it is undone step by step, as far as that goes."""
    data = exchange.request.content or (exchange.response.content if exchange.response else b"")
    for wrapping in reversed(wrappings):
        try:
            data = _undone(wrapping, data)
        except (ValueError, OSError, KeyError, zlib.error, EOFError, zipfile.BadZipFile):
            break
    return TOKEN.encode() in data


def _undone(wrapping: str, data: bytes) -> bytes:
    if wrapping in CHARSETS:
        return data.decode(wrapping).encode()
    if wrapping in ("zip", "gzip", "gzip in parts", "deflate", "zlib", "zlib, stored", "zlib, quick"):
        return _unpacked(wrapping, data)
    undo: dict[str, Callable[[bytes], bytes]] = {
        "base64": base64.b64decode,
        "base64 in lines": base64.decodebytes,
        "hex": lambda data: bytes.fromhex(data.decode()),
        "JSON": lambda data: json.loads(data)["note"].encode(),
    }
    return undo[wrapping](data)


def test_what_only_shows_in_the_file_is_withheld_as_well(tmp_path: Path) -> None:
    """A cassette has encodings of its own, in which the look through the exchange did not see so far."""
    made = secrecy(tmp_path)
    noted: list[str] = []

    class Blind(LeakCheck):
        """Finds nothing in exchanges."""

        def exchange(self, exchange: Exchange) -> list[tuple[str, str, str]]:
            noted.append(exchange.request.url)
            return []

    blind = replace(made, check=Blind(SECRETS))
    content = json.dumps({"a": base64.b64encode(gzip.compress(TEXT.encode())).decode()}).encode()
    with Keeper(tmp_path / "r", SCOPE, blind, environment="production") as keeper:
        keep(keeper, exchange(f"{IAM}/organizations"), answered(content), exchange(f"{IAM}/organizations"))
        kept = keeper.finish()
    first, second, third = Cassette.load(tmp_path / "r" / "baseline.yaml", remedy="").exchanges

    assert noted
    assert body(first) == body(third) == body(exchange())
    assert body(second) == b""
    assert len(kept.withheld) == 1
