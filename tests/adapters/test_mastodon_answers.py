"""Answers of a Mastodon server whose bytes are no letters."""

from __future__ import annotations

import msgspec
import pytest

from adapters.mastodon.entities import Named
from adapters.mastodon.wire import Members, decoded, each, name
from bridgebot.errors import Temporary, Unconfirmed
from bridgebot.http.wire import Response

GOOD, BAD = b'{"id":"1"}', b'{"id":"\xed\xa0\x80"}'  # half a character, as no UTF-8 has it


def answer(body: bytes) -> Response:
    return Response(200, {}, body)


def test_one_member_that_is_no_letters_takes_no_other_with_it():
    good, bad = decoded(answer(b"[%s,%s]" % (GOOD, BAD)), Members(Named), "masto.example", repeatable=True)
    assert good == Named("1")
    assert isinstance(bad, msgspec.Raw)
    assert each([bad], Named) == []
    assert name(bad) == ""


@pytest.mark.parametrize(("repeatable", "error"), [(True, Temporary), (False, Unconfirmed)])
def test_an_answer_that_is_no_letters_is_none(repeatable, error):
    with pytest.raises(error):
        decoded(answer(BAD), Named, "masto.example", repeatable=repeatable)
