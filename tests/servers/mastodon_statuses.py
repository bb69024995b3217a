"""Posting, editing, deleting and marking: mastodon, app/controllers/api/v1/statuses_controller.rb."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tests.servers import mastodon_quotes as quotes
from tests.servers import mastodon_text as texts
from tests.servers import mastodon_voting as voting
from tests.servers.mastodon_api import Answer, ApiError, Call, Routes, invalid, moment, not_found
from tests.servers.mastodon_entities import iso
from tests.servers.mastodon_things import Person, Status, order

routes = Routes()

COMMON = ("status", "sensitive", "spoiler_text", "language", "media_ids", "poll", "quote_approval_policy")
CREATE = (
    *(*COMMON, "in_reply_to_id", "visibility", "scheduled_at", "allowed_mentions"),
    *("quoted_status_id", "quote_id"),
)
EDIT = (*COMMON, "media_attributes")
VISIBILITIES = ("public", "unlisted", "private", "direct")
KEY_LIVES = timedelta(hours=1)  # mastodon: app/services/post_status_service.rb, idempotency_key
SOON = timedelta(minutes=5)  # mastodon: app/models/scheduled_status.rb, MINIMUM_OFFSET
REGIONS = frozenset({"zh-CN", "zh-HK", "zh-TW", "zh-YUE", "pt-BR", "pt-PT", "es-AR", "es-MX", "sr-Latn"})


@routes.add("POST", "/api/v1/statuses", *CREATE, scope="write:statuses")
async def create(call: Call) -> Answer:
    me = _person(call)
    key = call.request.headers.get("Idempotency-Key")
    if key and call.world.flavour.refuses_keys:
        if (me.id, key) in call.server.keys:
            raise ApiError(400, "Duplicate idempotency key.")
        call.server.keys[me.id, key] = ("", call.world.now())
    elif key and (made := _made_before(call, me, key)) is not None:
        return made
    fields = _fields(call, me)
    scheduled = call.text("scheduled_at")
    if scheduled and call.world.flavour.schedules:
        made = _schedule(call, me, fields, scheduled)
    else:
        made = _publish(call, me, fields)
    if key and call.world.flavour.honours_keys:
        call.server.keys[me.id, key] = (made[0], call.world.now())
    return made[1]


def _person(call: Call) -> Person:
    assert call.me is not None  # the door lets nobody else in
    return call.me


def _made_before(call: Call, me: Person, key: str) -> Answer | None:
    """What the same key made within the hour, as it is now."""
    id, at = call.server.keys.get((me.id, key), (None, None))
    if id is None or call.world.now() - at >= KEY_LIVES:
        return None
    if id in call.server.scheduled:
        return Answer(call.server.scheduled[id]["answer"])
    if id not in call.world.statuses:  # it was deleted: `find` raises RecordNotFound
        raise not_found()
    return Answer(call.entities.status(call.world.statuses[id]))


def _fields(call: Call, me: Person) -> dict[str, Any]:
    """What was said, checked as the server checks it."""
    text, spoiler = call.text("status").strip(), call.text("spoiler_text").strip()
    if not text and spoiler:  # mastodon: a warning without a text becomes the text
        text, spoiler = spoiler, ""
    media, poll = _media(call), voting.ballot(call)
    quoted, quote_state = _quoted(call)
    if not text and not media and poll is None:
        raise invalid("Text can't be blank")
    if not call.world.flavour.text_only and not media and not call.text("in_reply_to_id"):
        raise ApiError(403, "Empty statuses are not allowed")
    _check_length(call, text, spoiler)
    visibility = call.text("visibility") or call.world.flavour.default_visibility
    if visibility not in VISIBILITIES:
        raise invalid("Visibility is not included in the list")
    if visibility == "direct" and not call.world.flavour.directs:
        raise ApiError(400, "Direct visibility is not available.")
    parent = _parent(call)
    return {
        "text": text,
        "spoiler": spoiler,
        "visibility": visibility,
        "sensitive": call.flag("sensitive") or bool(spoiler),
        "language": _language(call.text("language"), me),
        "content_type": _content_type(call),
        "media": media,
        "poll": poll,
        "quotes": quoted,
        "quote_state": quote_state,
        "reply_to": parent,
        "reply_to_id": parent.id if parent else None,
    }


def _check_length(call: Call, text: str, spoiler: str) -> None:
    flavour = call.world.flavour
    if texts.length(text, spoiler) <= flavour.max_characters:
        return
    if flavour.too_long == 400:  # gotosocial: internal/api/client/statuses/statuscreate.go
        words = f"Bad Request: text (including content warning) exceeds {flavour.max_characters} characters"
        raise ApiError(400, words)
    raise invalid(f"Text character limit of {flavour.max_characters} exceeded")


def _parent(call: Call) -> Status | None:
    id = call.text("in_reply_to_id")
    if not id:
        return None
    found = call.world.statuses.get(id)
    if found is None or not call.world.visible(found, call.me):
        raise ApiError(404, "The post you are trying to reply to does not appear to exist.")
    return found.boosts or found  # mastodon: an answer to a boost answers the post


def _language(text: str, me: Person) -> str:
    """mastodon: LanguagesHelper.valid_locale_cascade: without its region unless that is a language here."""
    wanted = text.replace("_", "-")
    if wanted in REGIONS:
        return wanted
    return wanted.partition("-")[0] if re.match(r"[a-z]{2,3}(-|$)", wanted) else me.language


def _content_type(call: Call) -> str:
    """What is not said is as the person's settings have it; here all of them write plain text."""
    return call.text("content_type") or "text/plain"


def _media(call: Call) -> list[dict[str, Any]]:
    found = []
    ids = call.many("media_ids")
    for id in ids[:5]:
        medium = call.server.media.get(id)
        if medium is None or medium["_owner"] is not call.me or medium["_used"]:
            raise ApiError(422, f"Media {id} was not found or already attached to another post")
        if medium["url"] is None and call.world.flavour.media == "mastodon":
            raise ApiError(
                422, "Cannot attach files that have not finished processing. Try again in a moment!"
            )
        found.append(medium)
    if len(ids) > 4 or (len(found) > 1 and any(one["type"] in ("video", "audio") for one in found)):
        raise ApiError(422, "Cannot attach a video to a post that already contains images")
    return found


def _quoted(call: Call) -> tuple[Status | None, str]:
    """What a new post is to quote, and the state of that."""
    name = quotes.PARAMETERS.get(call.world.flavour.quotes)
    for other in {*quotes.PARAMETERS.values()} - {name}:
        if other in call.params:
            raise ApiError(422, f"The fake server knows no parameter {other!r}")
    id = call.text(name) if name else ""
    if not id:
        return None, "accepted"
    found = call.world.statuses.get(id)
    allowed = quotes.may(call.world, found, call.me) if found else "denied"
    if found is None or not call.world.visible(found, call.me) or allowed == "denied":
        raise ApiError(404, quotes.GONE)
    if call.params.get("media_ids") or call.params.get("poll"):
        raise invalid("Quotes cannot go with media or polls")
    return found, "pending" if allowed == "manual" else "accepted"


def _publish(call: Call, me: Person, fields: dict[str, Any]) -> tuple[str, Answer]:
    app = call.token.app if call.token else None
    shown = {"name": app["name"], "website": app["website"]} if app else None
    for medium in fields["media"]:
        medium["_used"] = True
    status = call.world.post(me, application=shown, **fields)
    return status.id, Answer(call.entities.status(status))


def _schedule(call: Call, me: Person, fields: dict[str, Any], scheduled: str) -> tuple[str, Answer]:
    at = moment(scheduled)
    if at < call.world.now() + SOON:
        raise invalid("Scheduled at The scheduled date must be in the future")
    id = call.world.serial()
    params = {
        "poll": call.params.get("poll"),
        "text": fields["text"],
        "language": call.params.get("language"),
        "media_ids": call.many("media_ids") or None,
        "sensitive": call.params.get("sensitive"),
        "visibility": call.params.get("visibility"),
        "idempotency": call.request.headers.get("Idempotency-Key"),
        "scheduled_at": None,
        "spoiler_text": call.params.get("spoiler_text"),
        "application_id": 1,
        "in_reply_to_id": fields["reply_to_id"],
        "with_rate_limit": False,
        "allowed_mentions": None,
        "quoted_status_id": None,
        "quote_approval_policy": "public",
    }
    answer = {"id": id, "scheduled_at": iso(at), "params": params, "media_attachments": []}
    call.server.scheduled[id] = {"answer": answer, "at": at, "author": me, "fields": fields}
    return id, Answer(answer)


@routes.add("GET", "/api/v1/scheduled_statuses", scope="read:statuses", paged=True)
async def scheduled(call: Call) -> Answer:
    waiting = [one["answer"] for one in call.server.scheduled.values() if one["author"] is call.me]
    return Answer(sorted(waiting, key=lambda one: order(one["id"]), reverse=True))


@routes.add("PUT", "/api/v1/statuses/{id}", *EDIT, scope="write:statuses")
async def edit(call: Call) -> Answer:
    """What is left out is taken away: the controller hands on every field (`update` in the source)."""
    status, me = call.own_status(), _person(call)
    if status.boosts:
        raise not_found()
    kept = {one["id"]: one for one in status.media}
    media = [kept[id] for id in call.many("media_ids") if id in kept]
    described = {one["id"]: one.get("description") or None for one in call.params.get("media_attributes", [])}
    media = [one | {"description": described.get(one["id"], one["description"])} for one in media]
    text, spoiler = call.text("status").strip(), call.text("spoiler_text").strip()
    text = text or spoiler
    poll = voting.edited(call, status)
    if media and poll:
        raise ApiError(422, "Cannot attach more than 4 files")  # the words for both, i18n: too_many
    if not text and not media:
        raise invalid("Text can't be blank")
    _check_length(call, text, spoiler)
    sensitive = call.flag("sensitive") or bool(spoiler)
    language = _language(call.text("language"), me) if call.text("language") else status.language
    kind = _content_type(call)
    more = {"media": media, "language": language, "poll": poll, "content_type": kind}
    call.world.change(status, text, spoiler, sensitive, **more)
    return Answer(call.entities.status(status))


@routes.add("DELETE", "/api/v1/statuses/{id}", "delete_media", scope="write:statuses")
async def delete(call: Call) -> Answer:
    """The answer has the plain text, to write it anew."""
    status = call.own_status()
    answer = call.entities.status(status, source=True)
    call.world.delete(status)
    for medium in status.media:
        medium["_used"] = call.flag("delete_media")
    return Answer(answer)


@routes.add("GET", "/api/v1/statuses/{id}", scope="read:statuses", anonymous=True)
async def show(call: Call) -> Answer:
    return Answer(call.entities.status(call.status()))


@routes.add("GET", "/api/v1/statuses/{id}/source", scope="read:statuses")
async def source(call: Call) -> Answer:
    """Of whatever the caller may see (sources_controller.rb, Takahe, Pleroma); GoToSocial: of one's own."""
    status = call.own_status() if call.world.flavour.name == "gotosocial" else call.status()
    kind = {"content_type": status.content_type} if call.world.flavour.markup else {}
    return Answer({"id": status.id, "text": status.text, "spoiler_text": status.spoiler, **kind})


@routes.add("GET", "/api/v1/statuses/{id}/history", scope="read:statuses", anonymous=True)
async def history(call: Call) -> Answer:
    return Answer(call.entities.edits(call.status()))


@routes.add("GET", "/api/v1/statuses/{id}/context", scope="read:statuses", anonymous=True)
async def context(call: Call) -> Answer:
    """Ancestors from the root down, descendants depth first; nothing that the reader may not see."""
    status, world = call.status(), call.world
    above: list[Status] = []
    parent = status.reply_to
    while parent is not None:
        above.insert(0, parent)
        parent = parent.reply_to
    below: list[Status] = []
    waiting = sorted(world.answers(status), key=lambda one: order(one.id), reverse=True)
    while waiting:
        below.append(waiting.pop())
        waiting += sorted(world.answers(below[-1]), key=lambda one: order(one.id), reverse=True)
    shown = {
        name: [call.entities.status(one) for one in statuses if world.visible(one, call.me)]
        for name, statuses in (("ancestors", above), ("descendants", below))
    }
    return Answer(shown)


def _marked(call: Call) -> Status:
    status = call.status()
    return status.boosts or status


@routes.add("POST", "/api/v1/statuses/{id}/favourite", scope="write:favourites")
async def favourite(call: Call) -> Answer:
    call.world.favourite(_person(call), status := _marked(call), True)
    return Answer(call.entities.status(status))


@routes.add("POST", "/api/v1/statuses/{id}/unfavourite", scope="write:favourites")
async def unfavourite(call: Call) -> Answer:
    call.world.favourite(_person(call), status := _marked(call), False)
    return Answer(call.entities.status(status))


@routes.add("POST", "/api/v1/statuses/{id}/bookmark", scope="write:bookmarks")
async def bookmark(call: Call) -> Answer:
    call.world.bookmark(_person(call), status := _marked(call))
    return Answer(call.entities.status(status))


@routes.add("POST", "/api/v1/statuses/{id}/unbookmark", scope="write:bookmarks")
async def unbookmark(call: Call) -> Answer:
    call.world.bookmark(_person(call), status := _marked(call), False)
    return Answer(call.entities.status(status))


@routes.add("POST", "/api/v1/statuses/{id}/reblog", "visibility", scope="write:statuses")
async def reblog(call: Call) -> Answer:
    """The answer is the boost. Whoever may read a narrow post may still not boost it: 403."""
    status, me = _marked(call), _person(call)
    if status.visibility == "direct" or (status.visibility == "private" and status.author is not me):
        raise ApiError(403, "This action is not allowed")
    return Answer(call.entities.status(call.world.boost(me, status, call.text("visibility") or None)))


@routes.add("POST", "/api/v1/statuses/{id}/unreblog", scope="write:statuses")
async def unreblog(call: Call) -> Answer:
    """The answer is the post; taking back what is not there is no error."""
    status, me = _marked(call), _person(call)
    if (boost := call.world.boost_by(me, status)) is not None:
        call.world.delete(boost)
    return Answer(call.entities.status(status))
