"""A page of statuses as it can be had without the adapter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from mastodon.return_types import PaginatableList, try_cast_recurse
from mastodon.return_types import Status as MastodonPy

from adapters.mastodon.entities import Account, Status


class Whole(Status, frozen=True):
    """A status with all that the adapter knows of people: in a post it passes over half of that."""

    account: Account
    reblog: Whole | None = None


_DECODER = msgspec.json.Decoder(list[Whole])


def structs(body: bytes) -> Sequence[Whole]:
    """The adapter's own Structs in one go; the HTML stays as it is."""
    return _DECODER.decode(body)


def mastodon_py(body: bytes) -> Sequence[Any]:
    """What Mastodon.py does with an answer: JSON, then its own types; the HTML stays as it is."""
    page: Sequence[Any] = try_cast_recurse(PaginatableList[MastodonPy], json.loads(body))
    return page
