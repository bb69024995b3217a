"""The contract kit's network for the Bluesky adapter: Bluesky's own servers, with new people each time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from adapters import bluesky
from bridgebot.model import (
    Account,
    Audience,
    Author,
    Browser,
    Consent,
    Post,
    Question,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.social import SocialFailure
from bridgebot.testing.social_base import Mark
from tests.servers.bluesky_real import Member, RealBluesky
from tests.servers.bluesky_stage import REALM, as_typed, cid_of, shown
from tests.servers.bluesky_world import BLOCK, FOLLOW, LIKE, LIST, LISTITEM, POST, REPOST, stamp

_KINDS = {"follow": FOLLOW, "block": BLOCK, "favourite": LIKE, "boost": REPOST}


class Patient(bluesky.Adapter):
    """The app view sees what is written a moment later: this one calls when that is over."""

    real: RealBluesky


def _patiently(name: str) -> Callable[..., Awaitable[Any]]:
    async def called(self: Patient, *asked: Any, **options: Any) -> Any:
        await self.real.settled()
        return await getattr(bluesky.Adapter, name)(self, *asked, **options)

    return called


for _name in (
    "publish",
    "favourite",
    "boost",
    "bookmark",
    "report",
    "follow",
    "mute",
    "block",
    "fetch",
    "latest",
    "get",
    "thread",
    "whois",
    "lists",
    "search",
    "sources",
):
    setattr(Patient, _name, _patiently(_name))


class RealRemote:
    """The network, seen from its people; nothing goes wrong on order."""

    failures: frozenset[SocialFailure] = frozenset()

    def __init__(self, real: RealBluesky) -> None:
        self.real = real
        self.people: dict[str, Member] = {}
        self.tag = f"tea{len(real.secrets)}"  # of this test alone

    @property
    def secrets(self) -> Sequence[str]:
        return self.real.secrets

    async def member(self, who: str) -> Member:
        """By name or DID."""
        known = next((one for one in self.people.values() if one.did == who), self.people.get(who))
        if known is None:
            known = self.people[who] = await self.real.join(who)
            await self.real.settled()  # before that the app view knows no such handle
        return known

    async def answer(
        self, step: Question | Browser | Consent, who: str = "ada", *, right: bool = True
    ) -> str:
        assert isinstance(step, Question)
        member = await self.member(who)
        if step.secret:
            return member.password if right else "aaaa-bbbb-cccc-dddd"
        return f"@{member.handle}" if right else "not a handle"

    async def person(self) -> str:
        return f"@{(await self.member('grete')).handle}"

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        me, grete = await self.member(account.id), await self.member("grete")
        argument = {TimelineKind.PERSON: grete.did, TimelineKind.TAG: self.tag}.get(kind, "")
        if kind is TimelineKind.HOME:
            await self._create(me, FOLLOW, {"subject": grete.did})
        if kind is TimelineKind.LIST:
            purpose = "app.bsky.graph.defs#curatelist"
            argument = (await self._create(me, LIST, {"name": "friends", "purpose": purpose}))["uri"]
            await self._create(me, LISTITEM, {"list": argument, "subject": grete.did})
        return Timeline(kind, REALM, argument)

    async def written(self, timeline: Timeline) -> Sequence[str]:
        """A person and a list; there is no feed."""
        if timeline.kind is TimelineKind.LIST:
            me, _, key = timeline.argument.removeprefix("at://").split("/")
            handle = (await self.member(me)).handle
            return (timeline.argument, f"https://bsky.app/profile/{handle}/lists/{key}")
        grete = await self.member("grete")
        site, name = "https://bsky.app/profile", grete.handle
        return (f"@{name}", f"@{grete.did}", f"{site}/{name}", f"{site}/{grete.did}/", f"at://{name}")

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
        kind = timeline.kind if timeline else None
        who = account.id if kind is TimelineKind.OWN else "grete" if kind else "stranger"
        record: dict[str, Any] = {"text": text}
        if kind is TimelineKind.MENTIONS:
            record = _facetted(text, account.handle, {"$type": "mention", "did": account.id})
        if kind is TimelineKind.TAG:
            record = _facetted(text, f"#{self.tag}", {"$type": "tag", "tag": self.tag})
        if reply_to is not None:
            record["reply"] = await self._reply(reply_to)
        made = await self._create(await self.member(who), POST, record)
        return str(made["uri"])

    async def _create(self, who: Member, collection: str, record: dict[str, Any]) -> dict[str, Any]:
        now = stamp(datetime.now().astimezone())
        body = {"$type": collection, "createdAt": now, **record}
        wanted = {"repo": who.did, "collection": collection, "record": body}
        made = await self.real.call("com.atproto.repo.createRecord", wanted, who.token)
        return {"uri": made["uri"], "cid": made["cid"]}

    async def _reply(self, uri: str) -> dict[str, Any]:
        parent = await self._record(uri)
        ref = {"uri": parent["uri"], "cid": parent["cid"]}
        return {"root": parent["value"].get("reply", {}).get("root", ref), "parent": ref}

    async def _record(self, uri: str) -> Any:
        params = list(zip(("repo", "collection", "rkey"), uri.split("/")[2:], strict=True))
        return await self.real.call("com.atproto.repo.getRecord", params=params)

    async def edit(self, post_id: str, text: str) -> None:
        raise NotImplementedError

    async def delete(self, post_id: str) -> None:
        did, collection, rkey = post_id.split("/")[2:]
        who = await self.member(did)
        body = {"repo": did, "collection": collection, "rkey": rkey}
        await self.real.call("com.atproto.repo.deleteRecord", body, who.token)

    async def posts(self) -> Sequence[Post]:
        found = [post for who in self.people.values() for post in await self._of(who)]
        return sorted(found, key=lambda post: post.created_at)

    async def _of(self, who: Member) -> list[Post]:
        by = Author(who.did, f"@{who.handle}")
        return [as_typed(one["uri"], by, one["value"]) for one in await self._records(who, POST)]

    async def _records(self, who: Member, collection: str) -> list[Any]:
        params = [("repo", who.did), ("collection", collection), ("limit", "100")]
        found: list[Any] = []
        cursor: list[tuple[str, str]] = []
        while True:
            page = await self.real.call("com.atproto.repo.listRecords", params=[*params, *cursor])
            found += page["records"]
            if not page.get("cursor"):
                return found
            cursor = [("cursor", page["cursor"])]

    async def files(self, post_id: str) -> Sequence[bytes]:
        did = post_id.split("/")[2]
        value = (await self._record(post_id))["value"]
        return [await self.real.blob(did, cid_of(blob)) for _, blob, _ in shown(value)]

    async def marked(self, mark: Mark, account: Account, target: str) -> bool:
        me = await self.member(account.id)
        if mark == "bookmark":
            await self.real.settled()
            kept = await self.real.call("app.bsky.bookmark.getBookmarks", token=me.token)
            return target in [one["subject"]["uri"] for one in kept["bookmarks"]]
        if mark == "mute":
            await self.real.settled()
            muted = await self.real.call("app.bsky.graph.getMutes", token=me.token)
            return target in [f"@{one['handle']}" for one in muted["mutes"]]
        subjects = [one["value"]["subject"] for one in await self._records(me, _KINDS[mark])]
        named = next((one.did for one in self.people.values() if f"@{one.handle}" == target), target)
        return named in [one["uri"] if isinstance(one, dict) else one for one in subjects]

    async def fail(self, failure: SocialFailure) -> None:
        raise NotImplementedError

    async def heal(self) -> None:
        raise NotImplementedError


def _facetted(text: str, word: str, feature: dict[str, str]) -> dict[str, Any]:
    """A text with this word behind it, and what the word is."""
    start = len(text.encode()) + 1
    named = {**feature, "$type": f"app.bsky.richtext.facet#{feature['$type']}"}
    facet = {"index": {"byteStart": start, "byteEnd": start + len(word.encode())}, "features": [named]}
    return {"text": f"{text} {word}", "facets": [facet]}
