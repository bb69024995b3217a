"""Posts: making, changing, taking away, marking, reading (docs.joinmastodon.org/methods/statuses)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.entities import AUDIENCES, Json, domain
from adapters.plaza.api.kitchen import Kitchen
from adapters.plaza.api.problems import ApiError, gone
from adapters.plaza.markup import Wanted, Written, described, number, written
from adapters.plaza.store import pictures, posts, walks
from adapters.plaza.store.access import digest
from adapters.plaza.store.cards import Card, Line, cards
from adapters.plaza.store.rows import Entry, Member
from bridgebot.errors import TargetGone
from bridgebot.model import Draft, Limits, Uploaded

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_KEY_AT_MOST = 500
# What apps count: an address has 23 characters there, however long it is.
URL_LENGTH = 23
_NOT_HERE = {
    "poll": "Plaza has no polls",
    "scheduled_at": "Plaza has no schedule",
    "quoted_status_id": "Plaza has no quotes",
}
_ID = r"/api/v1/statuses/{id:\d{1,15}}"
Mark = Callable[[Any, datetime, Member, int, bool], Entry]


class Statuses:
    """The methods about one post."""

    def __init__(self, door: Door, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        read, write = "read:statuses", "write:statuses"
        door.add("POST", "/api/v1/statuses", self.create, write)
        door.add("GET", _ID, self.show, read, anonymous=True)
        door.add("PUT", _ID, self.edit, write)
        door.add("DELETE", _ID, self.delete, write)
        door.add("GET", f"{_ID}/context", self.context, read, anonymous=True)
        door.add("GET", f"{_ID}/source", self.source, read)
        for path, on in (("favourite", True), ("unfavourite", False)):
            door.add("POST", f"{_ID}/{path}", self._marking(posts.mark_favourite, on), "write:favourites")
        for path, on in (("bookmark", True), ("unbookmark", False)):
            door.add("POST", f"{_ID}/{path}", self._marking(posts.mark_bookmark, on), "write:bookmarks")
        door.add("POST", f"{_ID}/reblog", self.reblog, write)
        door.add("POST", f"{_ID}/unreblog", self._marking(posts.mark_boost, False), write)

    # --- writing ---

    async def create(self, call: Call) -> Reply:
        """With a key that was used before it is the post that was made then."""
        kitchen = self._kitchen
        words, per_hour, key = self._written(call), kitchen.options().posts_per_hour, _key(call)
        parent = call.params.one("in_reply_to_id")

        def unit(connection: Any, now: datetime, me: Member) -> tuple[Json, int]:
            made = posts.find(connection, me, key)  # before the parent, which may be gone since
            if made is None:
                said = _answering(connection, me, words, parent)
                made = posts.publish(connection, now, me, said, key, per_hour)
            return kitchen.status(connection, me, Line(made.born, made)), made.id

        status, post_id = await call.act(unit)
        kitchen.signal.tell(post_id)
        return Reply(status)

    async def edit(self, call: Call) -> Reply:
        """What is left out is taken away, as with Mastodon; the language stays."""
        kitchen, place = self._kitchen, call.segment()
        words, per_hour = self._written(call), kitchen.options().posts_per_hour
        words = replace(words, pictures=_described(call, words.pictures))

        def unit(connection: Any, now: datetime, me: Member) -> tuple[Json, int]:
            old = _own(connection, me, place)
            said = words if words.language else replace(words, language=old.language)
            made = posts.edit(connection, now, me, old.id, said, per_hour)
            return kitchen.status(connection, me, Line(made.born, made)), made.id

        status, post_id = await call.act(unit)
        kitchen.signal.tell(post_id)
        return Reply(status)

    async def delete(self, call: Call) -> Reply:
        """Of a boost: take it back. The answer has the text as it was typed, to write it anew, and for a day
        the pictures may stand under another post, as with Mastodon; with `delete_media` they go at once.
        """
        kitchen, place = self._kitchen, call.segment()
        to_redraft = not call.params.flag("delete_media")

        def unit(connection: Any, now: datetime, me: Member) -> tuple[Json, int]:
            line = walks.at(connection, me.id, place)
            if (line.by.id if line.by else line.entry.person_id) != me.id:
                raise gone()
            card = cards(connection, me.id, (line,))[0]
            told = kitchen.entities.status(card, known=True, source=True)
            if line.by is not None:
                posts.mark_boost(connection, now, me, line.entry.id, False)
            else:
                posts.wipe(connection, now, line.entry.id, to_redraft=to_redraft)
                told["media_attachments"] = self._freed(connection, now, me, card) if to_redraft else []
            return told, line.entry.id

        told, post_id = await call.act(unit)
        kitchen.signal.tell(post_id)
        return Reply(told)

    def _freed(self, connection: Any, now: datetime, me: Member, card: Card) -> list[Json]:
        """The pictures of a post that went, where they are now."""
        ids = [one.id for one in card.shown.entry.pictures]
        found = [pictures.waiting(connection, now, me, one) for one in ids]
        return [self._kitchen.entities.picture(one) for one in found]

    def _written(self, call: Call) -> Written:
        """What was said, checked. Raises ApiError and Rejected."""
        params = call.params
        for name, words in _NOT_HERE.items():
            if params.values.get(name):
                raise ApiError(422, f"Validation failed: {words}")
        text, warning = params.one("status"), params.one("spoiler_text").strip()
        if not text.strip() and warning:  # as Mastodon: a warning without a text is the text
            text, warning = warning, ""
        audience = AUDIENCES.get(params.one("visibility") or "public")
        if audience is None:
            raise ApiError(422, "Validation failed: Visibility is not included in the list")
        language = params.one("language")
        draft = Draft(
            text=self._at_home(text),
            audience=audience,
            warning=warning or None,
            language=language if _LANGUAGE.fullmatch(language) else None,
            files=tuple(Uploaded(one) for one in params.many("media_ids")),
        )
        said = written(draft, Limits(self._kitchen.options().limit, "graphemes", URL_LENGTH))
        covered = params.flag("sensitive")  # descriptions came with the uploads
        return replace(said, pictures=tuple(Wanted(one.id, None, covered) for one in said.pictures))

    def _at_home(self, text: str) -> str:
        """`@lin@here.example` is `@lin`: other clients write the host out."""
        here = re.escape(domain(self._kitchen.entities.url("/")))
        pattern = (
            rf"(?<![A-Za-z0-9_@/.])([@＠][A-Za-z0-9_]{{2,24}})[@＠]{here}(?![A-Za-z0-9:_-]|\.[A-Za-z0-9])"
        )
        return re.sub(pattern, r"\1", text, flags=re.IGNORECASE)

    # --- marks ---

    def _marking(self, mark: Mark, on: bool) -> Callable[[Call], Any]:
        async def marking(call: Call) -> Reply:
            return await self._marked(call, mark, on)

        return marking

    async def _marked(self, call: Call, mark: Mark, on: bool) -> Reply:
        kitchen, place = self._kitchen, call.segment()

        def unit(connection: Any, now: datetime, me: Member) -> tuple[Json, Entry]:
            line = walks.at(connection, me.id, place)
            entry = mark(connection, now, me, line.entry.id, on)
            return kitchen.status(connection, me, Line(entry.born, entry)), entry

        status, entry = await call.act(unit)
        self._tell(entry)
        return Reply(status)

    async def reblog(self, call: Call) -> Reply:
        """The answer is the boost."""
        kitchen, place = self._kitchen, call.segment()

        def unit(connection: Any, now: datetime, me: Member) -> tuple[Json, Entry]:
            line = walks.at(connection, me.id, place)
            entry = posts.mark_boost(connection, now, me, line.entry.id, True)
            return kitchen.status(connection, me, walks.boost_by(connection, me.id, entry.id)), entry

        status, entry = await call.act(unit)
        self._tell(entry)
        return Reply(status)

    def _tell(self, entry: Entry) -> None:
        self._kitchen.signal.tell(entry.id)
        self._kitchen.signal.nudge(entry.person_id)

    # --- reading ---

    async def show(self, call: Call) -> Reply:
        place = call.segment()

        def unit(connection: Any, me: Member | None) -> list[Json]:
            line = walks.at(connection, me.id if me else None, place)
            return self._kitchen.statuses(connection, me, (line,))

        return Reply((await call.read(unit))[0])

    async def source(self, call: Call) -> Reply:
        place = call.segment()
        entry = await call.look(lambda connection, me: _own(connection, me, place))
        return Reply(self._kitchen.entities.source(entry))

    async def context(self, call: Call) -> Reply:
        place = call.segment()

        def unit(connection: Any, me: Member | None) -> Json:
            viewer = me.id if me else None
            above, below = walks.around(connection, viewer, walks.at(connection, viewer, place))
            shown = self._kitchen.statuses
            return {"ancestors": shown(connection, me, above), "descendants": shown(connection, me, below)}

        return Reply(await call.read(unit))


def _described(call: Call, named: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    """With what an edit says anew of pictures that stay."""
    said = {
        str(one.get("id")): described(str(one["description"]))
        for one in call.params.each("media_attributes")
        if isinstance(one.get("description"), str)
    }
    return tuple(replace(one, alt=said.get(str(one.id))) for one in named)


def _own(connection: Any, me: Member, place: int) -> Entry:
    line = walks.at(connection, me.id, place)
    if line.by is not None or line.entry.person_id != me.id:
        raise gone()
    return line.entry


def _answering(connection: Any, me: Member, words: Written, parent: str) -> Written:
    """With the post that is answered."""
    if not parent:
        return words
    try:
        subject = walks.at(connection, me.id, number(parent)).entry
    except TargetGone:
        raise ApiError(404, "The post you are trying to reply to does not appear to exist.") from None
    return replace(words, reply_to=subject.id)


def _key(call: Call) -> str:
    """The key of a publication; none given: one that nobody repeats. Apart from the bot's own keys."""
    given = call.request.headers.get("Idempotency-Key", "")[:_KEY_AT_MOST]
    return f"api:{digest(given)}" if given else f"api:{uuid4()}"
