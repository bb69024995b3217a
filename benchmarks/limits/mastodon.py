"""A page of statuses as it can be had without the adapter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from mastodon.return_types import PaginatableList, try_cast_recurse
from mastodon.return_types import Status as MastodonPy

from adapters.mastodon.entities import Status

_DECODER = msgspec.json.Decoder(list[Status])


def structs(body: bytes) -> Sequence[Status]:
    """The adapter's own Structs, no field more than it needs, in one go; the HTML stays as it is."""
    return _DECODER.decode(body)


def mastodon_py(body: bytes) -> Sequence[Any]:
    """What Mastodon.py does with an answer: JSON, then its own types; the HTML stays as it is."""
    page: Sequence[Any] = try_cast_recurse(PaginatableList[MastodonPy], json.loads(body))
    return page
