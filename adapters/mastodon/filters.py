"""What a person's own filters, kept on the server, do to a post: hide it, or put a warning over it.

A server names every filter that matches, and leaves it to the client whether that counts where the post is
shown (docs.joinmastodon.org, api/guidelines, filters): pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.mastodon.entities import Filter, Filtered, Status
from bridgebot.model import Account, TimelineKind

HOME, THREAD = "home", "thread"
OWN = ""  # where no filter counts: what the reader wrote or put aside
# What a filter calls these places; the account's own posts and what it has put aside are not filtered.
PLACES: Mapping[TimelineKind, str] = {
    TimelineKind.HOME: HOME,
    TimelineKind.LIST: HOME,
    TimelineKind.MENTIONS: "notifications",
    TimelineKind.TAG: "public",
    TimelineKind.PERSON: "account",
}


def place_of(status: Status, place: str | None, reader: Account | None) -> str | None:
    """Where filters are looked for in a post that is shown at `place` (None: by itself). Mastodon names those
    that match one's own posts, too, and its own client passes over them (app/javascript/mastodon/selectors).
    """
    own = reader is not None and (status.reblog or status).account.id == reader.id
    return OWN if own else place


def hides(status: Status, place: str | None) -> bool:
    """Whether the reader wants to see nothing of this post there; by itself each is only warned of."""
    filtered = status.filtered or (status.reblog is not None and status.reblog.filtered)
    if place is None or not filtered:
        return False
    return any(one.filter_action == "hide" for one in _of(status, place))


def warning(status: Status, place: str | None) -> str | None:
    """The author's warning behind the names of the filters that match; `place` None: those of any place,
    for somebody who asks for this one post.
    """
    words = [*titles(_of(status, place)), (status.reblog or status).spoiler_text or ""]
    return " · ".join(word for word in words if word) or None


def titles(matching: Iterable[Filter]) -> list[str]:
    """The names of filters, each once. `blur` is about pictures alone, which are shown as addresses here."""
    return list(dict.fromkeys(one.title or "…" for one in matching if one.filter_action != "blur"))


def matching(filtered: Iterable[Filtered], place: str | None = None) -> Iterable[Filter]:
    return (one.filter for one in filtered if place is None or place in one.filter.context)


def _of(status: Status, place: str | None) -> Iterable[Filter]:
    inner = status.reblog.filtered if status.reblog else None
    return matching([*(status.filtered or ()), *(inner or ())], place)
