"""The contract kit's network for the Bluesky adapter: the fake server and its people."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from bridgebot.model import (
    Account,
    Attachment,
    Audience,
    Author,
    Browser,
    Consent,
    Post,
    Question,
    Quote,
    Span,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.social import SocialFailure
from bridgebot.testing.social_base import LASTING, Mark
from tests.servers.bluesky import BlueskyServer, Fault, serve
from tests.servers.bluesky_person import Someone
from tests.servers.bluesky_world import BLOCK, FOLLOW, LIKE, POST, REPOST, Stored

FAULTS = {
    SocialFailure.AUTH: Fault.EXPIRED,
    SocialFailure.RATE: Fault.RATE,
    SocialFailure.REJECTED: Fault.INVALID,
    SocialFailure.CUT: Fault.CUT_AFTER,
    SocialFailure.LOST: Fault.CUT_BEFORE,
    SocialFailure.BROKEN: Fault.ERROR,
    SocialFailure.NONSENSE: Fault.HTML,
}
TAG = "tea"
REALM = "bsky.app"
_WARNING = re.compile(r"CW: (.*)\n\n")


class BlueskyRemote:
    """The network, seen from its people."""

    failures = frozenset(SocialFailure)

    def __init__(self, server: BlueskyServer) -> None:
        self.server = server

    @property
    def secrets(self) -> Sequence[str]:
        return self.server.secrets

    async def answer(
        self, step: Question | Browser | Consent, who: str = "ada", *, right: bool = True
    ) -> str:
        """A handle to the first question, an app password to the second."""
        assert isinstance(step, Question)
        if step.secret:
            return self.server.person(who).password if right else "aaaa-bbbb-cccc-dddd"
        return self.server.person(who).handle if right else "not a handle"

    async def person(self) -> str:
        return self._grete.handle

    @property
    def _grete(self) -> Someone:
        return self.server.person("grete")

    def _someone(self, account: Account) -> Someone:
        return self.server.person(account.id)

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        """Home shows grete, whom the account follows from now on, and the list has her on it."""
        me, argument = self._someone(account), ""
        match kind:
            case TimelineKind.HOME:
                me.follow(self._grete)
            case TimelineKind.PERSON:
                argument = self._grete.did
            case TimelineKind.TAG:
                argument = TAG
            case TimelineKind.LIST:
                argument = me.list("friends", self._grete).uri
            case TimelineKind.FEED:
                argument = self.server.person("stranger").feed("stones")
        return Timeline(kind, REALM, argument)

    async def written(self, timeline: Timeline) -> Sequence[str]:
        grete, site = self._grete, "https://bsky.app/profile"
        name = grete.handle.removeprefix("@")
        if timeline.kind is TimelineKind.PERSON:
            return (grete.handle, f"@{grete.did}", f"{site}/{name}", f"{site}/{grete.did}/", f"at://{name}")
        key = timeline.argument.rpartition("/")[2]
        stranger = self.server.person("stranger").handle.removeprefix("@")
        if timeline.kind is TimelineKind.FEED:
            return (timeline.argument, f"{site}/{stranger}/feed/{key}")
        return (timeline.argument,) if timeline.kind is TimelineKind.LIST else ()

    async def nowhere(self) -> Sequence[str]:
        return ("@nobody-here.bsky.social", "https://bsky.app/profile/nobody-here.bsky.social")

    async def add(
        self,
        timeline: Timeline | None,
        text: str,
        *,
        account: Account,
        audience: Audience = Audience.PUBLIC,
        reply_to: str | None = None,
    ) -> str:
        assert audience is Audience.PUBLIC, "there is nothing else here"
        kind, me = timeline.kind if timeline else None, self._someone(account)
        by = me if kind is TimelineKind.OWN else self._grete if kind else self.server.person("stranger")
        behind = {TimelineKind.MENTIONS: f" {me.handle}", TimelineKind.TAG: f" #{TAG}"}.get(kind, "")
        post = by.post(text + behind, reply_to=reply_to).uri
        if kind is TimelineKind.FEED and timeline:
            self.server.world.feeds[timeline.argument].insert(0, post)
        return post

    async def edit(self, post_id: str, text: str) -> None:
        raise NotImplementedError

    async def delete(self, post_id: str) -> None:
        self.server.world.remove(post_id)

    async def posts(self) -> Sequence[Post]:
        standing = [one for one in self.server.world.records.values() if one.collection == POST]
        return [self._post(one) for one in sorted(standing, key=lambda one: one.number)]

    def _post(self, stored: Stored) -> Post:
        who = self.server.person(stored.did)
        return as_typed(stored.uri, Author(who.did, who.handle, who.who.name), stored.value)

    async def files(self, post_id: str) -> Sequence[bytes]:
        world = self.server.world
        return [world.blobs[cid_of(blob)][0] for _, blob, _ in shown(world.records[post_id].value)]

    async def marked(self, mark: Mark, account: Account, target: str) -> bool:
        if mark == "bookmark":
            return target in self._someone(account).who.bookmarks
        subject = self.server.person(target).did if target.startswith("@") else target
        if mark == "mute":
            return subject in self._someone(account).who.muted
        kind = {"follow": FOLLOW, "block": BLOCK, "favourite": LIKE, "boost": REPOST}[mark]
        return self.server.world.about(kind, account.id, subject) is not None

    async def fail(self, failure: SocialFailure) -> None:
        if failure is SocialFailure.REFUSED:
            await self.server.refuse()
        else:
            self.server.fail(FAULTS[failure], times=None if failure in LASTING else 1)

    async def heal(self) -> None:
        await self.server.heal()


def as_typed(uri: str, by: Author, value: dict[str, Any]) -> Post:
    """A record as its author typed it: in front of the text stands what the network has no field for."""
    text = value["text"]
    warned = _WARNING.match(text)
    cut = warned.end() if warned else 0
    return Post(
        uri,
        by,
        text[cut:],
        Audience.PUBLIC,
        datetime.fromisoformat(value["createdAt"]).astimezone(UTC),
        uri=uri,
        warning=warned[1] if warned else None,
        language=next(iter(value.get("langs", [])), None),
        reply_to=value["reply"]["parent"]["uri"] if "reply" in value else None,
        quote=_quote(value.get("embed", {})),
        spans=tuple(span for facet in value.get("facets", []) for span in _spans(text, cut, facet)),
        media=tuple(Attachment(kind, cid_of(blob), alt) for kind, blob, alt in shown(value)),
    )


def _quote(embed: dict[str, Any]) -> Quote | None:
    """The post that is shown, beside pictures or alone."""
    shown = embed.get("record", {})
    shown = shown.get("record", shown)
    if "uri" not in shown:
        return None
    did, _, key = shown["uri"].removeprefix("at://").split("/")
    return Quote(f"https://bsky.app/profile/{did}/post/{key}", shown["uri"])


def shown(value: dict[str, Any]) -> list[tuple[Literal["image", "video"], dict[str, Any], str]]:
    """The pictures or the film that a record shows, beside a quote too: the blob of each, and its words."""
    embed = value.get("embed", {})
    media = embed.get("media", embed)
    if "video" in media:
        return [("video", media["video"], media.get("alt", ""))]
    return [("image", one["image"], one["alt"]) for one in media.get("images", [])]


def cid_of(blob: dict[str, Any]) -> str:
    cid: str = blob["ref"]["$link"]
    return cid


def _spans(text: str, cut: int, facet: dict[str, Any]) -> list[Span]:
    """The links that people cannot see in the words themselves."""
    raw, index = text.encode(), facet["index"]
    start = len(raw[: index["byteStart"]].decode()) - cut
    shown = raw[index["byteStart"] : index["byteEnd"]].decode()
    links = [one["uri"] for one in facet["features"] if one["$type"].endswith("#link")]
    return [Span(start, start + len(shown), "link", link) for link in links if shown not in link]


@contextlib.asynccontextmanager
async def remote() -> AsyncIterator[BlueskyRemote]:
    """For `SocialAdapterContract.remote`."""
    async with serve() as server:
        yield BlueskyRemote(server)
