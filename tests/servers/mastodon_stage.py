"""The contract kit's network for the Mastodon adapter: the fake server and its people."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from bridgebot.model import (
    Account,
    Attachment,
    Audience,
    Author,
    Browser,
    Consent,
    Poll,
    Post,
    Question,
    Quote,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.social import SocialFailure
from bridgebot.testing.social_base import LASTING, Mark
from tests.servers.mastodon import Fault, MastodonServer, serve
from tests.servers.mastodon_entities import Entities
from tests.servers.mastodon_person import Someone
from tests.servers.mastodon_polls import iso
from tests.servers.mastodon_things import Status, order

VISIBILITY = {
    Audience.PUBLIC: "public",
    Audience.UNLISTED: "unlisted",
    Audience.FOLLOWERS: "private",
    Audience.DIRECT: "direct",
}
AUDIENCE = {name: audience for audience, name in VISIBILITY.items()}
FAULTS = {
    SocialFailure.AUTH: Fault.UNAUTHORIZED,
    SocialFailure.RATE: Fault.RATE,
    SocialFailure.REJECTED: Fault.INVALID,
    SocialFailure.CUT: Fault.CUT_AFTER,
    SocialFailure.LOST: Fault.CUT_BEFORE,
    SocialFailure.BROKEN: Fault.ERROR,
    SocialFailure.NONSENSE: Fault.HTML,
}
TAG = "tea"


class MastodonRemote:
    """A server of one flavour, seen from its people."""

    failures = frozenset(SocialFailure)

    def __init__(self, server: MastodonServer) -> None:
        self.server = server

    @property
    def secrets(self) -> Sequence[str]:
        return self.server.secrets

    async def answer(
        self, step: Question | Browser | Consent, who: str = "ada", *, right: bool = True
    ) -> str:
        """A server's name to the question, the code of the consent page to the address."""
        if isinstance(step, Browser | Consent):
            return await self.server.person(who).consents(step.url) if right else "not-the-code"
        return self.server.domain if right else "not a server"

    async def person(self) -> str:
        return self._grete.handle

    @property
    def _grete(self) -> Someone:
        return self.server.person("grete")

    def _someone(self, account: Account) -> Someone:
        return Someone(self.server, self.server.world.people[account.id])

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        """Home and list show grete, whom the account follows from now on."""
        me, argument = self._someone(account), ""
        if kind in (TimelineKind.HOME, TimelineKind.LIST):
            me.follow(self._grete)
        match kind:
            case TimelineKind.PERSON:
                argument = self._grete.id
            case TimelineKind.TAG:
                argument = TAG
            case TimelineKind.LIST:
                argument = me.list("friends", self._grete).id
        return Timeline(kind, account.server, argument)

    async def written(self, timeline: Timeline) -> Sequence[str]:
        domain = self.server.domain
        pages = (f"https://{domain}/@grete", f"https://{domain}/users/grete", f"https://{domain}/@grete/")
        return (f"@grete@{domain}", *pages) if timeline.kind is TimelineKind.PERSON else ()

    async def nowhere(self) -> Sequence[str]:
        return (f"@nobody_here@{self.server.domain}", f"https://{self.server.domain}/@nobody_here")

    async def add(
        self,
        timeline: Timeline | None,
        text: str,
        *,
        account: Account,
        audience: Audience = Audience.PUBLIC,
        reply_to: str | None = None,
    ) -> str:
        kind = timeline.kind if timeline else None
        me = self._someone(account)
        if kind is TimelineKind.BOOKMARKS:
            post = self.server.person("stranger").post(text, visibility=VISIBILITY[audience])
            me.bookmark(post)
            return post.id
        by = me if kind is TimelineKind.OWN else self._grete if kind else self.server.person("stranger")
        behind = {TimelineKind.MENTIONS: f" {me.handle}", TimelineKind.TAG: f" #{TAG}"}.get(kind, "")
        return by.post(text + behind, visibility=VISIBILITY[audience], reply_to=reply_to).id

    async def edit(self, post_id: str, text: str) -> None:
        status = self.server.world.statuses[post_id]
        behind = [word for word in status.text.split() if word[0] in "@#"]
        Someone(self.server, status.author).edit(status, " ".join([text, *behind]))

    async def delete(self, post_id: str) -> None:
        self.server.world.delete(self.server.world.statuses[post_id])

    async def posts(self) -> Sequence[Post]:
        standing = sorted(self.server.world.statuses.values(), key=lambda one: order(one.id))
        return [self._post(one) for one in standing if one.boosts is None]

    def _post(self, status: Status) -> Post:
        """A status as it was typed."""
        told = Entities(self.server.world, status.author).status(status)
        who = Someone(self.server, status.author)
        return Post(
            status.id,
            Author(who.id, who.handle, status.author.display_name, told["account"]["url"]),
            status.text,
            AUDIENCE[status.visibility],
            status.created_at,
            uri=told["uri"],
            url=told["url"],
            warning=status.spoiler or None,
            language=status.language,
            reply_to=status.reply_to_id,
            edited_at=status.edited_at,
            media=tuple(
                Attachment(one["type"], one["url"], one["description"] or "") for one in status.media
            ),
            poll=self._poll(told["poll"]),
            quote=self._quote(status),
        )

    def _poll(self, told: dict[str, Any] | None) -> Poll | None:
        """As the server tells its author of it."""
        if told is None:
            return None
        return Poll(
            tuple(option["title"] for option in told["options"]),
            tuple(option["votes_count"] for option in told["options"]),
            told["multiple"],
            datetime.fromisoformat(told["expires_at"]),
            told["expired"],
            told["voters_count"],
        )

    def _quote(self, status: Status) -> Quote | None:
        shown = status.quotes
        if shown is None:
            return None
        who, url = Someone(self.server, shown.author), Entities(self.server.world, None).url(shown)
        return Quote(url, shown.id, who.handle, shown.text)

    crossposter = "Moa Bridge"

    async def add_with(self, application: str, text: str, *, account: Account) -> str:
        post = self._someone(account).post(text)
        post.application = {"name": application, "website": None}
        return post.id

    async def end_poll(self, post_id: str) -> None:
        poll = self.server.world.statuses[post_id].poll
        assert poll is not None
        poll["expires_at"] = iso(self.server.world.now())

    async def files(self, post_id: str) -> Sequence[bytes]:
        return [medium["_content"] for medium in self.server.world.statuses[post_id].media]

    async def marked(self, mark: Mark, account: Account, target: str) -> bool:
        world, me = self.server.world, self._someone(account).who
        if mark in ("follow", "mute", "block"):
            pairs = {"follow": world.follows, "mute": world.mutes, "block": world.blocks}[mark]
            return (me, world.find(target)) in pairs
        if target not in world.statuses:
            return False
        status = world.statuses[target]
        if mark == "boost":
            return world.boost_by(me, status) is not None
        return (me, status) in (world.favourites if mark == "favourite" else world.bookmarks)

    async def fail(self, failure: SocialFailure) -> None:
        if failure is SocialFailure.REFUSED:
            await self.server.refuse()
        else:
            self.server.fail(FAULTS[failure], times=None if failure in LASTING else 1)

    async def heal(self) -> None:
        await self.server.heal()


@contextlib.asynccontextmanager
async def remote(flavour: str = "mastodon") -> AsyncIterator[MastodonRemote]:
    """For `SocialAdapterContract.remote`."""
    async with serve(flavour) as server:
        yield MastodonRemote(server)
