"""Pages by id, and the `Link` header that leads on (https://docs.joinmastodon.org/api/guidelines/)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from adapters.plaza.api.door import Call
from adapters.plaza.api.params import Params
from adapters.plaza.api.problems import ApiError
from adapters.plaza.markup import number
from adapters.plaza.store.walks import Cut

_WHERE = frozenset({"max_id", "since_id", "min_id"})


def cut(params: Params, *, usual: int = 20, most: int = 40) -> Cut:
    """`max_id` below it; `since_id` the newest above it; `min_id` those directly above it."""
    below, since, upwards = (_place(params, name) for name in ("max_id", "since_id", "min_id"))
    above = upwards if upwards is not None else since
    return Cut(limit(params, usual, most), below, above, upwards is not None)


def limit(params: Params, usual: int, most: int) -> int:
    """How many are wanted, never more than `most`."""
    text = params.one("limit")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or int(text[:9]) == 0:
        raise ApiError(400, "The limit must be a number above 0")
    return min(int(text[:9]), most)


def _place(params: Params, name: str) -> int | None:
    """An id as a place; one that is none of ours is below everything."""
    text = params.one(name)
    if not text:
        return None
    return number(text)


def links(call: Call, url: Callable[[str], str], places: Sequence[int]) -> dict[str, str]:
    """Where the next (older) and the previous (newer) page are."""
    if not places:
        return {}
    kept = [
        (f"{name}[]" if isinstance(value, list) else name, one)
        for name, value in call.params.values.items()
        if name not in _WHERE
        for one in (value if isinstance(value, list) else [value])
    ]

    def link(name: str, place: int, rel: str) -> str:
        query = urlencode([*kept, (name, str(place))])
        return f'<{url(call.request.path)}?{query}>; rel="{rel}"'

    return {"Link": f"{link('max_id', places[-1], 'next')}, {link('min_id', places[0], 'prev')}"}
