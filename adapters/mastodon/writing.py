"""Publishing, finding again, editing and deleting posts."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import msgspec

from adapters.mastodon import media, quotes, reading, wire
from adapters.mastodon.entities import Poll, Quotable, Status, StatusSource
from adapters.mastodon.filters import OWN
from adapters.mastodon.wire import Wire, quoted
from bridgebot.errors import Rejected, TargetGone, Unconfirmed
from bridgebot.model import Account, Ballot, Draft, Post, canonical

MARGIN = timedelta(minutes=1)  # `Date` has whole seconds, and both ways take their time
PAGE = 40
MOST_PAGES = 5
# Where a person's own settings may make markup of the text, unless the post itself says that it is plain.
_MARKUP = frozenset({"gotosocial", "pleroma", "akkoma"})
PLAIN = "text/plain"
_QUOTE_ID = frozenset({"pleroma", "akkoma"})  # their own word for what is quoted, older than Mastodon's
# An edit knows no polls: api/views/statuses.py of Takahe, lib/pleroma/object/updater.ex.
_KEEPS_POLLS = frozenset({"takahe", "pleroma", "akkoma"})
_SHORTEST = 300  # seconds that a poll must have left where it is named again (PollExpirationValidator)


async def publish(api: Wire, account: Account, draft: Draft, key: str) -> Post:
    """Raises Temporary while a file is not ready, Rejected where the quoted author does not want it."""
    known = wire.secret(account)
    if known.software == "pixelfed" and not draft.files and not draft.reply_to:
        raise Rejected("mastodon-needs-picture", server=account.server)
    if draft.reply_to and known.software == "takahe":  # it would publish an answer to nothing
        await wire.status(api, account, draft.reply_to)
    if draft.quote:
        await _may_quote(api, account, draft.quote)
    body = _body(draft, known.software)
    if draft.files:
        body["media_ids"] = await media.ready(api, account, draft.files)
    headers = {"Idempotency-Key": _header(key)}
    try:
        made = await api.call(account, "POST", "/api/v1/statuses", Status, json=body, headers=headers)
    except Rejected as error:
        if "idempotency key" not in str(error.arguments.get("words", "")).lower():
            raise
        # Pixelfed refuses a key that it has seen, whatever became of the first attempt.
        raise Unconfirmed("http-unclear", host=account.server) from error
    return reading.post(made, wire.domain(account))


def _body(draft: Draft, software: str) -> dict[str, Any]:
    """What a draft says, but for its files."""
    body: dict[str, Any] = {
        "status": draft.text,
        # Always said: GoToSocial and people's own settings have other defaults.
        "visibility": reading.VISIBILITIES[draft.audience],
        "sensitive": bool(draft.warning),
        **_read_as(PLAIN, software),
    }
    if draft.warning:
        body["spoiler_text"] = draft.warning
    if draft.language:
        body["language"] = draft.language
    if draft.reply_to:
        body["in_reply_to_id"] = draft.reply_to
    if draft.quote:
        body["quote_id" if software in _QUOTE_ID else "quoted_status_id"] = draft.quote
    if draft.poll:
        body["poll"] = _ballot(draft.poll)
    return body


def _ballot(poll: Ballot) -> dict[str, Any]:
    return {"options": list(poll.choices), "expires_in": poll.seconds, "multiple": poll.multiple}


async def _may_quote(api: Wire, account: Account, post_id: str) -> None:
    """Servers that know of consent say whether this account may (docs, entities/QuoteApproval); `unknown`
    counts as no. The server asks whoever must be asked, and shows the quote once they agreed.
    """
    path = f"/api/v1/statuses/{quoted(post_id)}"
    approval = (await api.call(account, "GET", path, Quotable)).quote_approval
    if approval is not None and approval.current_user not in ("automatic", "manual"):
        raise Rejected("mastodon-no-quotes")


def _header(key: str) -> str:
    """A key of the bot is a UUID; any other text must not break the header."""
    plain = key.isascii() and key.isprintable()
    return key if plain else hashlib.sha256(key.encode()).hexdigest()


async def edit(api: Wire, account: Account, post_id: str, draft: Draft) -> Post:
    """What an edit does not name is taken away by the server: so the rest is said again."""
    path = f"/api/v1/statuses/{quoted(post_id)}"
    told = await api.dated(account, "GET", path, Status)
    was = told.value
    if was.account.id != account.id:
        raise Rejected("mastodon-not-yours")
    software = wire.secret(account).software
    body: dict[str, Any] = {
        "status": draft.text,
        "spoiler_text": draft.warning or "",
        "sensitive": bool(draft.warning) or (bool(was.sensitive) and not was.spoiler_text),
        **_files(was, draft),
        **_read_as(await _content_type(api, account, post_id, software), software),
    }
    if was.poll is not None and software not in _KEEPS_POLLS:
        body["poll"] = _again(was.poll, told.at)
    if language := draft.language or was.language:
        body["language"] = language
    made = await api.call(account, "PUT", path, Status, json=body, idempotent=True)
    return reading.post(made, wire.domain(account), OWN)


async def source(api: Wire, account: Account, post_id: str) -> StatusSource:
    """An own post as it was typed (docs, methods/statuses, source; Mastodon since 3.5). Raises TargetGone."""
    return await api.call(account, "GET", f"/api/v1/statuses/{quoted(post_id)}/source", StatusSource)


async def _content_type(api: Wire, account: Account, post_id: str, software: str) -> str:
    """As what the words of a post are read: what was written as Markdown is changed as Markdown."""
    if software not in _MARKUP:
        return PLAIN
    try:
        return (await source(api, account, post_id)).content_type or PLAIN
    except TargetGone:  # an older one does not say
        return PLAIN


def _files(was: Status, draft: Draft) -> dict[str, Any]:
    """The files that a post has, described anew where the draft says another thing of them (since 4.1)."""
    media_attachments = was.media_attachments or ()
    alts = {media.id_of(file): file.alt for file in draft.files}
    anew = [
        {"id": medium.id, "description": alts[medium.id]}
        for medium in media_attachments
        if alts.get(medium.id, medium.description or "") != (medium.description or "")
    ]
    named = {"media_ids": [medium.id for medium in media_attachments]}
    return named | ({"media_attributes": anew} if anew else {})


def _again(poll: Poll, now: datetime) -> dict[str, Any]:
    """A poll as it stands: one that is left out is taken away, one that differs loses its votes
    (app/services/update_status_service.rb). Only its end can be said anew, and not a close one.
    """
    left = (reading.utc(poll.expires_at) - now).total_seconds() if poll.expires_at else 0
    if poll.expired or left < _SHORTEST:
        raise Rejected("mastodon-edit-poll")
    return {
        "options": [option.title for option in poll.options],
        "multiple": bool(poll.multiple),
        "expires_in": round(left),
        "hide_totals": all(option.votes_count is None for option in poll.options),
    }


async def delete(api: Wire, account: Account, post_id: str) -> None:
    """A post that is gone is no error; one of somebody else is (servers say 404 for both)."""
    path = f"/api/v1/statuses/{quoted(post_id)}"
    try:
        await api.call(account, "DELETE", path, dict[str, Any], idempotent=True)
    except TargetGone:
        try:
            await wire.status(api, account, post_id)
        except TargetGone:
            return
        raise Rejected("mastodon-not-yours") from None


def _read_as(content_type: str, software: str) -> dict[str, str]:
    return {"content_type": content_type} if software in _MARKUP else {}


# --- finding again -----------------------------------------------------------------------------


async def find(api: Wire, account: Account, draft: Draft, ago: timedelta, but: frozenset[str]) -> Post | None:
    """The newest own post that a draft may have become, so long ago at most. `but` are ids of others:
    two publications of the same text cannot be told apart here.
    """
    path = f"/api/v1/accounts/{quoted(account.id)}/statuses"
    params = {"exclude_reblogs": "true", "limit": str(PAGE)}
    for _ in range(MOST_PAGES):
        answer = await api.dated(account, "GET", path, list[msgspec.Raw], params=params)
        youngest = [one for one in wire.each(answer.value, Status) if one.reblog is None]
        since = answer.at - ago - MARGIN
        for status in youngest:
            young = reading.utc(status.created_at) >= since and status.id not in but
            if young and is_from(status, draft, wire.domain(account)):
                return reading.post(status, wire.domain(account))
        if not youngest or reading.utc(youngest[-1].created_at) < since:
            return None
        params = {**params, "max_id": youngest[-1].id}
    return None


def is_from(status: Status, draft: Draft, domain: str) -> bool:
    """May this draft have become this post?"""
    post = reading.post(status, domain)
    return (
        len(status.media_attachments or ()) == len(draft.files)
        and (post.poll.choices if post.poll else ()) == (draft.poll.choices if draft.poll else ())
        and _quotes(status, post, draft.quote)
        and post.audience is draft.audience
        and post.reply_to == draft.reply_to
        and canonical(post.warning or "") == canonical(draft.warning or "")
        and canonical(post.text) == canonical(draft.text)
    )


def _quotes(status: Status, post: Post, wanted: str | None) -> bool:
    """Which post a quote shows is not said before its author agreed."""
    shown = post.quote.id if post.quote else None
    return quotes.quotes(status) == bool(wanted) and shown in (None, wanted)
