"""From what a server sends to what the bot knows: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

from adapters.mastodon import applications, entities, filters, quotes
from adapters.mastodon.html import text_of
from adapters.mastodon.names import handle, names_of
from bridgebot.model import Attachment, Audience, Author, Boost, Notification, Poll, Post, Profile

# Visibilities that nobody has heard of (Pleroma's `local` and `list` …) are taken for the narrowest:
# nothing is then shown or passed on to whom it may not be meant for.
AUDIENCES: Mapping[str, Audience] = {
    "public": Audience.PUBLIC,
    "unlisted": Audience.UNLISTED,
    "private": Audience.FOLLOWERS,
    "direct": Audience.DIRECT,
}
_NARROWEST = Audience.DIRECT
VISIBILITIES = {audience: word for word, audience in AUDIENCES.items()}
_KINDS: Mapping[str, Literal["image", "video", "audio"]] = {
    "image": "image",
    "video": "video",
    "gifv": "video",
    "audio": "audio",
}
_WEB = ("https://", "http://")
_TOLD: Mapping[str, Literal["follow", "follow-request", "favourite", "boost"]] = {
    "follow": "follow",
    "follow_request": "follow-request",
    "favourite": "favourite",
    "reblog": "boost",
}


def author(person: entities.Author, domain: str) -> Author:
    """`domain`: the host in the handles of the server's own people, which it leaves out."""
    acct = person.acct
    name = person.display_name or person.username or acct
    return Author(person.id, handle(acct, domain), name, person.url or None)


def profile(person: entities.Account, domain: str, *, pending: bool = False) -> Profile:
    return Profile(
        author(person, domain),
        bio=text_of(person.note or "").text,
        locked=bool(person.locked),
        pending=pending,
        followers=person.followers_count,
        following=person.following_count,
        posts=person.statuses_count,
        picture=_picture(person.avatar),
    )


def _picture(address: str | None) -> str | None:
    """Of whoever has none, Mastodon shows `missing.png`."""
    if not address or not address.startswith(_WEB) or address.endswith("/missing.png"):
        return None
    return address


def post(status: entities.Status, domain: str, place: str | None = None) -> Post:
    """The post; of a boost the post that was boosted, and by whom. `place`: where it is shown, as the
    reader's filters call it (`filters`); None: by itself.
    """
    shown, boost = status, None
    if status.reblog is not None:
        shown, boost = status.reblog, Boost(author(status.account, domain), utc(status.created_at))
    warning = shown.spoiler_text or None
    if status.filtered or shown.filtered:
        warning = filters.warning(status, place)
    names = names_of(shown.mentions, domain) if shown.mentions else {}
    quoting = shown.quote is not None or (shown.pleroma is not None and quotes.quotes(shown))
    text = text_of(shown.content or "", names, quotes=quoting)
    return Post(  # in the order of its fields: by their names it takes twice as long
        shown.id,
        author(shown.account, domain),
        text.text,
        AUDIENCES.get(shown.visibility or "", _NARROWEST),
        utc(shown.created_at),
        shown.uri or None,
        shown.url or shown.uri or None,
        warning,
        shown.language or None,
        shown.in_reply_to_id or None,
        utc(shown.edited_at) if shown.edited_at else None,
        boost,
        text.spans,
        _media(shown.media_attachments, bool(shown.sensitive)) if shown.media_attachments else (),
        poll(shown.poll) if shown.poll else None,
        quotes.quote_of(shown, domain) if quoting else None,
        applications.name(shown),
        applications.bridged(shown),
    )


def poll(told: entities.Poll) -> Poll:
    """A poll and what the reader chose. Results may be hidden until it ends."""
    return Poll(
        choices=tuple(option.title for option in told.options),
        votes=tuple(option.votes_count for option in told.options),
        multiple=bool(told.multiple),
        ends_at=utc(told.expires_at) if told.expires_at else None,
        closed=bool(told.expired),
        voters=told.voters_count,
        voted=tuple(told.own_votes or ()),
    )


def _media(media: Iterable[entities.Media], hidden: bool) -> tuple[Attachment, ...]:
    """Those that have an address to be opened at. Covered with or without a warning in words: `sensitive`
    alone is about the pictures.
    """
    found = [
        Attachment(_KINDS.get(one.type, "file"), address, one.description or "", hidden)
        for one in media
        if (address := one.url or one.remote_url or one.preview_url) and address.startswith(_WEB)
    ]
    return tuple(found)


def notification(told: entities.Notification, domain: str) -> Notification | None:
    """None for what is a post (a mention, a quote) and for kinds that nobody here knows."""
    kind = _TOLD.get(told.type)
    if kind is None or told.account is None:
        return None
    about = told.status.id if told.status else None
    return Notification(told.id, kind, author(told.account, domain), utc(told.created_at), about)


def utc(time: datetime) -> datetime:
    """Some servers leave the zone out: it is UTC."""
    if time.tzinfo is UTC:
        return time
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
