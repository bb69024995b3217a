"""From what a server sends to what the bot knows: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

from adapters.mastodon import entities, filters, quotes
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


def author(person: entities.Account, domain: str) -> Author:
    """`domain`: the host in the handles of the server's own people, which it leaves out."""
    name = person.display_name or person.username or person.acct
    return Author(person.id, handle(person.acct, domain), name, person.url or None)


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
    shown = status.reblog or status
    warning = shown.spoiler_text or None
    if status.filtered or shown.filtered:
        warning = filters.warning(status, place)
    if status.reblog is None:
        return _post(status, domain, None, warning)
    boost = Boost(author(status.account, domain), utc(status.created_at))
    return _post(shown, domain, boost, warning)


def _post(status: entities.Status, domain: str, boost: Boost | None, warning: str | None) -> Post:
    names = names_of(status.mentions, domain) if status.mentions else {}
    quoting = quotes.quotes(status)
    text = text_of(status.content or "", names, quotes=quoting)
    return Post(
        id=status.id,
        author=author(status.account, domain),
        text=text.text,
        audience=AUDIENCES.get(status.visibility or "", Audience.DIRECT),
        created_at=utc(status.created_at),
        uri=status.uri or None,
        url=status.url or status.uri or None,
        warning=warning,
        language=status.language or None,
        reply_to=status.in_reply_to_id or None,
        edited_at=utc(status.edited_at) if status.edited_at else None,
        boost=boost,
        spans=text.spans,
        media=_media(status.media_attachments) if status.media_attachments else (),
        poll=poll(status.poll) if status.poll else None,
        quote=quotes.quote_of(status, domain) if quoting else None,
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


def _media(media: Iterable[entities.Media]) -> tuple[Attachment, ...]:
    return tuple(attachment for one in media if (attachment := _medium(one)))


def _medium(medium: entities.Media) -> Attachment | None:
    address = medium.url or medium.remote_url or medium.preview_url
    if not address or not address.startswith(_WEB):
        return None
    return Attachment(_KINDS.get(medium.type, "file"), address, medium.description or "")


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
