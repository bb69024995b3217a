"""Publishing and deleting posts, and handing over their files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from adapters.bluesky import (
    cards,
    facets,
    identity,
    limits,
    people,
    reading,
    records,
    repository,
    tid,
    wire,
)
from adapters.bluesky.entities import PostRecord, PostView
from adapters.bluesky.facets import Found
from adapters.bluesky.records import POST, Record, Ref, Reply
from adapters.bluesky.wire import Wire
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Account, Audience, Draft, File, Post, changed

MENTIONS: Final = 10  # of one post that are looked up: more are nobody's own words to friends
_NEXT: Final = timedelta(milliseconds=1)
_THREAD: Final = timedelta(minutes=1)  # in which the parts of one thread begin


class Blob(msgspec.Struct, frozen=True):
    """What uploadBlob answers: the blob as it goes into a record."""

    blob: Record


async def publish(api: Wire, account: Account, draft: Draft, key: str) -> Post:
    """Publish under the record key that `key` makes: again, it is the same post."""
    text, found = _words(draft)
    _must_suit(draft, text)
    place, began = tid.of_publication(key)
    try:
        record = await _composed(api, account, draft, text, found, began or api.clock.now())
    except (Rejected, TargetGone):  # the world changed after an attempt whose answer never came
        if (there := await _standing(api, account, place, text)) is None:
            raise
        return there
    if await repository.put(api, account, POST, place, record) is None:
        if (there := await _standing(api, account, place, text)) is None:
            raise Rejected("bluesky-key-taken")
        return there
    return _post(api, account, place, msgspec.convert(record, PostRecord))


def _must_suit(draft: Draft, text: str) -> None:
    if draft.audience is not Audience.PUBLIC:
        raise Rejected("bluesky-public-only")
    if not limits.WRITTEN.fits(text):
        raise Rejected("bluesky-too-long", limit=limits.GRAPHEMES)
    most = 1 if any(map(records.is_film, draft.files)) else limits.IMAGES
    if len(draft.files) > most:
        raise Rejected("bluesky-too-many-files", limit=most)


def _words(draft: Draft) -> tuple[str, tuple[Found, ...]]:
    """The text as it is written, and what in it is more than text."""
    whole = records.framed(draft.text, draft.warning)
    by = len(whole) - len(draft.text)
    spans = [changed(span, start=span.start + by, end=span.end + by) for span in draft.spans]
    return facets.shortened(whole, facets.found_in(whole, spans, limits.POST.urls(whole)))


async def _composed(
    api: Wire, account: Account, draft: Draft, text: str, found: Sequence[Found], began: datetime
) -> Record:
    """The whole record: what it answers and quotes, what its words are, what stands below them."""
    reply, created = None, began
    if draft.reply_to:
        reply, before = await _answered(api, account, draft.reply_to)
        created = _later(began, before)
    quote = await _quoted(api, account, draft.quote) if draft.quote else None
    dids = await _known(api, account, found)
    card = None
    if api.config.cards and not draft.files and quote is None:
        card = await cards.card(api, account, next((one.value for one in found if one.kind == "link"), ""))
    return records.post(
        text,
        created,
        facets=facets.facets(text, found, dids),
        reply=reply,
        embed=records.embed(draft.files, card, quote),
        language=draft.language,
        warned=records.framed(draft.text, draft.warning) != draft.text,
    )


async def _known(api: Wire, account: Account, found: Sequence[Found]) -> dict[str, str]:
    """Who the named are: a mention of nobody is only words."""
    handles = list(dict.fromkeys(one.value for one in found if one.kind == "mention"))
    dids = {}
    for handle in handles[:MENTIONS]:
        try:
            params = (("handle", handle),)
            said = await api.query(account, "com.atproto.identity.resolveHandle", identity.Resolved, params)
        except (Rejected, TargetGone):
            continue
        dids[handle] = said.did
    return dids


# --- what a post answers and quotes ------------------------------------------------------------


async def _answered(api: Wire, account: Account, uri: str) -> tuple[Reply, datetime | None]:
    """What is answered, with the root of its thread; and when that was written, where it is one's own."""
    if repository.parts(uri)[0] == account.id:
        parent, record = await people.own(api, account, uri)
        return _reply(parent, record), _written(record)
    view = await people.post_view(api, account, uri)
    _must_let_in(view)
    if view.viewer and view.viewer.reply_disabled:
        raise Rejected("bluesky-no-replies")
    return _reply(Ref(view.uri, view.cid), view.record), None


def _reply(parent: Ref, record: PostRecord) -> Reply:
    root = record.reply.root if record.reply else None
    return Reply(Ref(root.uri, root.cid) if root else parent, parent)


async def _quoted(api: Wire, account: Account, uri: str) -> Ref:
    if repository.parts(uri)[0] == account.id:
        return (await people.own(api, account, uri))[0]
    view = await people.post_view(api, account, uri)
    _must_let_in(view)
    if view.viewer and view.viewer.embedding_disabled:
        raise Rejected("bluesky-no-quotes")
    return Ref(view.uri, view.cid)


def _must_let_in(view: PostView) -> None:
    """Who blocks, or is blocked, is not answered: the network would show it to nobody."""
    stands = view.author.viewer
    if stands and (stands.blocked_by or stands.blocking):
        raise Rejected("bluesky-blocked", handle=f"@{view.author.handle}")


def _written(record: PostRecord) -> datetime | None:
    try:
        return reading.moment(record.created_at)
    except ValueError:
        return None


def _later(began: datetime, before: datetime | None) -> datetime:
    """The parts of a thread begin in one millisecond: each is dated behind the one before, for order."""
    near = before is not None and abs(before - began) < _THREAD
    return max(began, before + _NEXT) if before is not None and near else began


# --- what was published ------------------------------------------------------------------------


async def _standing(api: Wire, account: Account, key: str, text: str) -> Post | None:
    """The post of this text that stands under a key already."""
    kept = await repository.get(api, account, POST, key)
    record = wire.one(kept.value, PostRecord) if kept else None
    return _post(api, account, key, record) if record is not None and record.text == text else None


def _post(api: Wire, account: Account, key: str, record: PostRecord) -> Post:
    return people.written(api, account, repository.address(account.id, POST, key), record)


async def delete(api: Wire, account: Account, post_id: str) -> None:
    """A post that is gone is no error; one of somebody else is."""
    did, collection, key = repository.parts(post_id)
    if did != account.id or collection != POST:
        raise Rejected("bluesky-not-yours")
    await repository.delete(api, account, collection, key)


# --- files -------------------------------------------------------------------------------------


async def upload(api: Wire, account: Account, file: File, read: Callable[[], AsyncIterator[bytes]]) -> str:
    """Hand over a picture or film; what comes back is written into the post. The network looks at a film once
    its post is there, and shows it some seconds later: docs.bsky.app, "Uploading Video", "Simple method".
    """
    film = file.kind == "video"
    if not (film or file.kind == "image") or file.type not in limits.FILES.types:
        raise Rejected("bluesky-file-kind")
    if film and file.size > limits.FILM_BYTES:
        raise Rejected("bluesky-film-large", limit=limits.FILM_BYTES // 1_000_000)
    if not film and file.size > limits.IMAGE_BYTES:
        raise Rejected("bluesky-file-large", limit=limits.IMAGE_BYTES // 1_000_000)
    try:
        made = await api.upload(account, read(), file.type, file.size, Blob)
    except wire.Refused as error:
        if error.name != "PayloadTooLarge":
            raise
        raise Rejected("bluesky-file-large-there") from None
    return msgspec.json.encode(made.blob).decode()
