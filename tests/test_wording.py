"""When two versions of a text are one."""

from __future__ import annotations

import pytest

from bridgebot.wording import canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hello  world\n", "hello\r\nworld"),
        ("a\n\n\nb", "a\n\nb"),
        ("  a   b ", "a b"),
        ("caf\u00e9", "cafe\u0301"),
        ("see https://Example.org/a/ now", "see http://www.example.org/a now"),
        ("https://Example.com/", "https://example.com"),
        ("thanks @lin@example.social", "thanks @lin"),
        ("@Lin hi", "@lin@localhost hi"),
        ("zero\u200bwidth \u2060@lin", "zerowidth @lin"),
        ("❤️", "❤"),
    ],
)
def test_two_versions_of_one_text(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hello", "Hello"),
        ("see https://a.b/X", "see https://a.b/x"),
        ("@lin", "@liz"),
        ("lin@a.example", "lin@b.example"),
        ("a b", "ab"),
        ("", "."),
    ],
)
def test_different_texts(one, other):
    assert canonical(one) != canonical(other)
