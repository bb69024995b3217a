"""People: who one is, who somebody is, following (docs.joinmastodon.org/methods/accounts)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.entities import Json, domain
from adapters.plaza.api.kitchen import Kitchen
from adapters.plaza.api.paging import cut, limit
from adapters.plaza.api.problems import ApiError, gone
from adapters.plaza.markup import number
from adapters.plaza.names import folded
from adapters.plaza.store import people, walks
from adapters.plaza.store.cards import Line, seen_by, standings
from adapters.plaza.store.rows import Member, Seen
from adapters.plaza.store.walks import Only

_ID = r"/api/v1/accounts/{id:\d{1,15}}"
_MOST = 80
_NO_PROFILE = ("display_name", "note", "avatar", "header", "fields_attributes")
Change = Callable[[Any, datetime, Member, Member], None]


class Accounts:
    """The methods about people."""

    def __init__(self, door: Door, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        read, follows = "read:accounts", "write:follows"
        door.add("GET", "/api/v1/accounts/verify_credentials", self.me, read, "profile")
        door.add("PATCH", "/api/v1/accounts/update_credentials", self.update, "write:accounts")
        door.add("GET", "/api/v1/accounts/lookup", self.lookup, read, anonymous=True)
        door.add("GET", "/api/v1/accounts/search", self.search, read)
        door.add("GET", "/api/v1/accounts/relationships", self.relationships, "read:follows")
        door.add("GET", _ID, self.show, read, anonymous=True)
        door.add("GET", f"{_ID}/statuses", self.statuses, "read:statuses", anonymous=True)
        door.add("POST", f"{_ID}/follow", self._changing(self._follow), follows)
        door.add("POST", f"{_ID}/unfollow", self._changing(_unfollow), follows)
        door.add("GET", "/api/v1/follow_requests", self.requests, "read:follows")
        asked = r"/api/v1/follow_requests/{id:\d{1,15}}"
        door.add("POST", f"{asked}/authorize", self._changing(_let_in), follows)
        door.add("POST", f"{asked}/reject", self._changing(_turn_away), follows)

    # --- oneself ---

    async def me(self, call: Call) -> Reply:
        return Reply(await call.look(self._own))

    def _own(self, connection: Any, me: Member) -> Json:
        seen = seen_by(connection, me.id, (me.id,))[me.id]
        return self._kitchen.entities.own_account(seen, len(people.requests(connection, me)))

    async def update(self, call: Call) -> Reply:
        """Whether followers wait for approval is all that can be changed: there are no profile texts."""
        if any(call.params.values.get(name) for name in _NO_PROFILE):
            raise ApiError(422, "Validation failed: Plaza has names, but no profile texts and pictures")
        locked = call.params.flag("locked") if call.params.has("locked") else None

        def unit(connection: Any, now: datetime, me: Member) -> Json:
            if locked is not None:
                people.lock(connection, me, locked)
            return self._own(connection, me)

        return Reply(await call.act(unit))

    # --- others ---

    async def lookup(self, call: Call) -> Reply:
        name = self.local(call.params.one("acct"))

        def unit(connection: Any, me: Member | None) -> Json:
            other = people.named(connection, name)
            return self._accounts(connection, me, (other.id,))[0]

        return Reply(await call.read(unit))

    async def show(self, call: Call) -> Reply:
        who = call.segment()

        def unit(connection: Any, me: Member | None) -> Sequence[Json]:
            return self._accounts(connection, me, (who,))

        found = await call.read(unit)
        if not found:
            raise gone()
        return Reply(found[0])

    async def search(self, call: Call) -> Reply:
        words, most = self.local(call.params.one("q")), limit(call.params, 40, _MOST)
        return Reply(await call.look(lambda connection, me: self.named_like(connection, me, words, most)))

    def named_like(self, connection: Any, me: Member, words: str, most: int) -> list[Json]:
        """People whose names hold these words."""
        ids = walks.people_named(connection, folded(words), most) if words else ()
        return self._accounts(connection, me, ids)

    def _accounts(self, connection: Any, me: Member | None, ids: Sequence[int]) -> list[Json]:
        found = seen_by(connection, me.id if me else None, ids)
        return [self._kitchen.entities.account(found[one]) for one in ids if one in found]

    def local(self, handle: str) -> str:
        """A handle without this site's own host; of another's host nobody is here, whatever the name."""
        name, _, host = handle.strip().removeprefix("@").partition("@")
        return name if host.lower() in ("", domain(self._kitchen.entities.url("/")).lower()) else handle

    async def statuses(self, call: Call) -> Reply:
        params, who = call.params, call.segment()
        if params.flag("pinned"):
            return Reply([])
        only = Only(
            boosts=not params.flag("exclude_reblogs"),
            replies=not params.flag("exclude_replies"),
            tag=params.one("tagged"),
            media=params.flag("only_media"),
        )
        piece = cut(params)

        def lines(connection: Any, me: Member | None) -> Sequence[Line]:
            viewer = me.id if me else None
            if who not in seen_by(connection, viewer, (who,)):
                raise gone()
            return walks.of_person(connection, viewer, who, only, piece)

        return await self._kitchen.listing(call, lines)

    # --- following ---

    async def relationships(self, call: Call) -> Reply:
        ids = [number(one) for one in call.params.many("id")[:_MOST]]
        found = await call.look(lambda connection, me: standings(connection, me.id, ids))
        return Reply([self._kitchen.entities.relationship(one) for one in found])

    def _changing(self, change: Change) -> Callable[[Call], Any]:
        """Change how one stands to the person in the path; the answer says how that is now."""

        async def changing(call: Call) -> Reply:
            who = call.segment()

            def unit(connection: Any, now: datetime, me: Member) -> Json:
                other = seen_by(connection, me.id, (who,)).get(who)
                if other is None:
                    raise gone()
                change(connection, now, me, other.member)
                return self._kitchen.entities.relationship(standings(connection, me.id, (who,))[0])

            answer = await call.act(unit)
            self._kitchen.signal.nudge(who)
            return Reply(answer)

        return changing

    def _follow(self, connection: Any, now: datetime, me: Member, other: Member) -> None:
        people.follow_on(connection, now, me, other, self._kitchen.options().follows_per_day)

    async def requests(self, call: Call) -> Reply:
        """Who asked last stands first."""
        most = limit(call.params, 40, _MOST)

        def unit(connection: Any, me: Member) -> list[Seen]:
            ids = [one.id for one in reversed(people.requests(connection, me))][:most]
            found = seen_by(connection, me.id, ids)
            return [found[one] for one in ids if one in found]

        return Reply([self._kitchen.entities.account(one) for one in await call.look(unit)])


def _unfollow(connection: Any, now: datetime, me: Member, other: Member) -> None:
    people.follow_off(connection, me, other)


def _let_in(connection: Any, now: datetime, me: Member, other: Member) -> None:
    _asked(connection, me, other)
    people.approve(connection, me, other, True)


def _turn_away(connection: Any, now: datetime, me: Member, other: Member) -> None:
    _asked(connection, me, other)
    people.approve(connection, me, other, False)


def _asked(connection: Any, me: Member, other: Member) -> None:
    """Only who waits: a follower of long is not put out by answering a request that there is not."""
    if not standings(connection, me.id, (other.id,))[0].requested_by:
        raise gone()
