"""Listings, notifications, searching and complaints (docs.joinmastodon.org/methods/timelines and others)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.plaza.api.accounts import Accounts
from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.entities import KINDS, Json, iso
from adapters.plaza.api.kitchen import Kitchen
from adapters.plaza.api.paging import cut, limit, links
from adapters.plaza.api.problems import ApiError, gone
from adapters.plaza.markup import number
from adapters.plaza.names import folded
from adapters.plaza.store import moderation, walks
from adapters.plaza.store.cards import Line, cards, seen_by
from adapters.plaza.store.moderation import COMMENT_AT_MOST
from adapters.plaza.store.rows import Member

_POST = re.compile(r"/@([A-Za-z0-9_]{2,24})/(\d{1,9})")


class Timelines:
    """The methods that list."""

    def __init__(self, door: Door, kitchen: Kitchen, accounts: Accounts) -> None:
        self._kitchen = kitchen
        self._accounts = accounts
        read = "read:statuses"
        door.add("GET", "/api/v1/timelines/home", self.home, read)
        door.add("GET", "/api/v1/timelines/public", self.public, read, anonymous=True)
        door.add("GET", "/api/v1/timelines/tag/{tag}", self.tag, read, anonymous=True)
        door.add("GET", "/api/v1/favourites", self.favourites, "read:favourites")
        door.add("GET", "/api/v1/bookmarks", self.bookmarks, "read:bookmarks")
        door.add("GET", "/api/v1/notifications", self.notifications, "read:notifications")
        door.add("GET", "/api/v2/search", self.search, "read:search")
        door.add("POST", "/api/v1/reports", self.report, "write:reports")

    async def home(self, call: Call) -> Reply:
        piece = cut(call.params)
        return await self._kitchen.listing(
            call, lambda connection, me: walks.home(connection, _id(me), piece)
        )

    async def public(self, call: Call) -> Reply:
        if call.params.flag("remote"):
            return Reply([])
        piece, media = cut(call.params), call.params.flag("only_media")
        return await self._kitchen.listing(
            call, lambda connection, me: walks.public(connection, piece, media=media)
        )

    async def tag(self, call: Call) -> Reply:
        if call.params.flag("remote"):
            return Reply([])
        words, piece = (call.request.match_info["tag"], *call.params.many("any")[:4]), cut(call.params)
        media = call.params.flag("only_media")
        return await self._kitchen.listing(
            call, lambda connection, me: walks.tagged(connection, words, piece, media=media)
        )

    async def favourites(self, call: Call) -> Reply:
        piece = cut(call.params)
        return await self._kitchen.listing(
            call, lambda connection, me: walks.favourites(connection, _id(me), piece)
        )

    async def bookmarks(self, call: Call) -> Reply:
        piece = cut(call.params)
        return await self._kitchen.listing(
            call, lambda connection, me: walks.bookmarks(connection, _id(me), piece)
        )

    async def notifications(self, call: Call) -> Reply:
        kitchen, piece = self._kitchen, cut(call.params, usual=40, most=80)
        kinds = _kinds(call)

        def unit(connection: Any, me: Member) -> tuple[list[Json], list[int]]:
            events = walks.told(connection, me.id, kinds, piece)
            lines = [event.line for event in events if event.line is not None]
            shown = {card.line: card for card in cards(connection, me.id, lines)}
            by = seen_by(connection, me.id, [event.by.id for event in events])
            told = [
                kitchen.entities.notification(
                    event, by[event.by.id], shown.get(event.line) if event.line else None
                )
                for event in events
            ]
            return told, [event.place for event in events]

        made, places = await call.look(unit)
        return Reply(made, headers=links(call, kitchen.entities.url, places))

    # --- searching ---

    async def search(self, call: Call) -> Reply:
        """People by name or address, posts by their words or address."""
        words, kind = call.params.one("q").strip(), call.params.one("type")
        if not words:
            raise ApiError(400, "Missing parameter q")
        most = limit(call.params, 20, 40)

        def unit(connection: Any, me: Member) -> Json:
            people = self._people(connection, me, words, most) if kind in ("", "accounts") else []
            lines = self._posts(connection, me, words, most) if kind in ("", "statuses") else ()
            statuses = self._kitchen.statuses(connection, me, lines)
            return {"accounts": people, "statuses": statuses, "hashtags": []}

        return Reply(await call.look(unit))

    def _people(self, connection: Any, me: Member, words: str, most: int) -> list[Json]:
        path = self._here(words)
        if path is not None:
            words = path.removeprefix("/")
        return self._accounts.named_like(connection, me, self._accounts.local(words), most)

    def _posts(self, connection: Any, me: Member, words: str, most: int) -> Sequence[Line]:
        path = self._here(words)
        if path is None:
            return walks.found(connection, me.id, words.split()[:10], most)
        found = _POST.fullmatch(path)
        if found is None:
            return ()
        return walks.by_path(connection, me.id, folded(found[1]), int(found[2]))

    def _here(self, words: str) -> str | None:
        """The path of an address of this site; None where it is none."""
        base = self._kitchen.entities.url("").rstrip("/")
        return urlsplit(words).path if words.startswith(f"{base}/") else None

    # --- complaints ---

    async def report(self, call: Call) -> Reply:
        """About posts: a complaint about nothing in particular has no place here."""
        params, per_day = call.params, self._kitchen.options().reports_per_day
        places = [number(one) for one in params.many("status_ids")]
        comment, about = params.one("comment"), params.one("account_id")
        if not places or len(places) > 20:
            raise ApiError(422, "Validation failed: Status ids: Plaza takes complaints about posts")
        if len(comment) > COMMENT_AT_MOST:
            raise ApiError(422, "Validation failed: Comment is too long")

        def unit(connection: Any, now: datetime, me: Member) -> Json:
            lines = [walks.at(connection, me.id, place) for place in places]
            authors = {line.entry.person_id for line in lines}
            if authors != {number(about)}:
                raise gone()
            for line in lines:
                moderation.complain(connection, now, me, line.entry.id, comment, per_day)
            target = seen_by(connection, me.id, authors)[lines[0].entry.person_id]
            return {
                "id": str(lines[0].place),
                "action_taken": False,
                "action_taken_at": None,
                "category": params.one("category") or "other",
                "comment": comment,
                "forwarded": False,
                "created_at": iso(now),
                "status_ids": [str(place) for place in places],
                "rule_ids": None,
                "target_account": self._kitchen.entities.account(target),
            }

        return Reply(await call.act(unit))


def _id(me: Member | None) -> int:
    if me is None:  # the door lets nobody else in
        raise gone()
    return me.id


def _kinds(call: Call) -> frozenset[str]:
    """Which kinds of notification are asked for, in the tables' words."""
    only, without = call.params.many("types"), call.params.many("exclude_types")
    return frozenset(
        kind for kind, name in KINDS.items() if (not only or name in only) and name not in without
    )
