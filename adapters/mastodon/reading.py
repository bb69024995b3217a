"""From what a server sends to what the bot knows: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from adapters.mastodon import entities
from adapters.mastodon.html import text_of
from adapters.mastodon.marks import Text
from bridgebot.model import Attachment, Audience, Author, Boost, Notification, Post, Profile

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


def handle(acct: str, domain: str) -> str:
    return f"@{acct}" if "@" in acct else f"@{acct}@{domain}"


def profile(person: entities.Account, domain: str, *, pending: bool = False) -> Profile:
    return Profile(
        author(person, domain),
        bio=text_of(person.note or "").text,
        locked=bool(person.locked),
        pending=pending,
        followers=person.followers_count,
        following=person.following_count,
        posts=person.statuses_count,
    )


def post(status: entities.Status, domain: str) -> Post:
    """The post; of a boost the post that was boosted, and by whom."""
    if status.reblog is None:
        return _post(status, domain, None)
    return _post(status.reblog, domain, Boost(author(status.account, domain), utc(status.created_at)))


def _post(status: entities.Status, domain: str, boost: Boost | None) -> Post:
    text = _text(status, domain)
    return Post(
        id=status.id,
        author=author(status.account, domain),
        text=text.text,
        audience=AUDIENCES.get(status.visibility or "", Audience.DIRECT),
        created_at=utc(status.created_at),
        uri=status.uri or None,
        url=status.url or status.uri or None,
        warning=status.spoiler_text or None,
        language=status.language or None,
        reply_to=status.in_reply_to_id or None,
        edited_at=utc(status.edited_at) if status.edited_at else None,
        boost=boost,
        spans=text.spans,
        media=_media(status.media_attachments) if status.media_attachments else (),
    )


def _text(status: entities.Status, domain: str) -> Text:
    """What stands in the post: its text, the options of its poll, the address of what it quotes."""
    names = _names(status.mentions, domain) if status.mentions else {}
    quoted = _quoted(status.quote) if status.quote is not None else None
    read = text_of(status.content or "", names, quotes=quoted is not None)
    if status.poll is None and quoted is None:
        return read
    options = [f"○ {option.title}" for option in status.poll.options] if status.poll else []
    parts = [read.text, "\n".join(options), f"RE: {quoted}" if quoted else ""]
    return Text("\n\n".join(part for part in parts if part), read.spans)


def _names(mentions: Iterable[entities.Mention], domain: str) -> dict[str, str]:
    """How those are called whom a post names, by the addresses of their pages."""
    return {one.url: handle(one.acct, domain) for one in mentions if one.url}


def _quoted(quote: Any) -> str | None:
    """The address of the post that is quoted (Mastodon since 4.4), if the reader may know it."""
    inner = quote.get("quoted_status") if isinstance(quote, dict) else None
    address = (inner.get("url") or inner.get("uri")) if isinstance(inner, dict) else None
    return address if isinstance(address, str) else None


def _media(media: Iterable[entities.Media]) -> tuple[Attachment, ...]:
    return tuple(attachment for one in media if (attachment := _medium(one)))


def _medium(medium: entities.Media) -> Attachment | None:
    address = medium.url or medium.remote_url or medium.preview_url
    if not address or not address.startswith(("https://", "http://")):
        return None
    return Attachment(_KINDS.get(medium.type, "file"), address, medium.description or "")


def notification(told: entities.Notification, domain: str) -> Notification | None:
    """None for what is a post (a mention) and for kinds that nobody here knows."""
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
