"""Text that is not UTF-8."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.charset import declared_charset, rewritten

WIDE = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def upper(text: str) -> str:
    """Change one word."""
    return text.replace("a word", "A WORD") if "a word" in text else text


@pytest.mark.parametrize(
    ("media", "charset"),
    [
        ("text/plain; charset=utf-16", "utf-16"),
        ('text/plain;CharSet = "UTF-16LE"; x=y', "UTF-16LE"),
        ("application/json", ""),
        ("text/plain; x=charset", ""),
    ],
)
def test_a_content_type_names_the_charset(media: str, charset: str) -> None:
    """In quotes or without them; and there need not be one."""
    assert declared_charset((("Content-Type", media),)) == charset
    assert declared_charset(()) == ""


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("charset", ["", "utf-16", "utf-32", "utf-8", "nonsense", "\0", "punycode"])
def test_wide_text_is_known_by_its_mark_and_by_its_zeros(codec: str, charset: str) -> None:
    """Whatever somebody says that it is."""
    text, mark = "this is a word of \u4e16\u754c \U0001f600 and more", WIDE[codec]

    assert rewritten(mark + text.encode(codec), charset, upper) == mark + upper(text).encode(codec)
    assert rewritten(text.encode(codec), charset, upper) == upper(text).encode(codec)


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("before", [b"", b"\xff", b"\x01\x00\xd8", b"noise \xfe"])
def test_wide_text_in_other_bytes_is_changed(codec: str, before: bytes) -> None:
    """Wherever it begins, and also where what is around it could be nothing of the kind."""
    content = before + "there is a word here".encode(codec) + b"\xff\x01"

    assert "A WORD".encode(codec) in rewritten(content, "", upper)


@pytest.mark.parametrize("codec", ["cp500", "utf-7", "koi8-r", "shift_jis", "iso2022_jp", "cp1251"])
def test_a_charset_that_is_declared_counts(codec: str) -> None:
    """Some hide ASCII."""
    content = "this is a word of more".encode(codec)

    assert rewritten(content, codec, upper).decode(codec) == "this is A WORD of more"


@pytest.mark.parametrize("codec", [*WIDE, "utf-8", "cp500"])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_needs_no_change_stays_the_same(codec: str, text: str) -> None:
    """Whatever it is."""
    content = text.encode(codec, "replace")

    assert rewritten(content, codec, lambda text: text) is content
    assert rewritten(content, "", lambda text: text) is content


@given(content=st.binary(), charset=st.sampled_from(["", *WIDE, "utf-16", "cp500", "utf-7", "hz", "idna"]))
def test_noise_is_no_text(content: bytes, charset: str) -> None:
    """It stays, and raises nothing."""
    assert rewritten(content, charset, lambda text: text) is content
