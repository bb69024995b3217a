"""The social contract: what anybody may read, at which addresses, and networks without accounts."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from typing import cast, get_args

from bridgebot.adapter import Open
from bridgebot.errors import TargetGone, Unsupported
from bridgebot.model import Account, Audience, Source, Timeline, TimelineKind
from bridgebot.testing.contract import needs
from bridgebot.testing.social_base import (
    FOLLOWED,
    AddressedRemote,
    SocialContractBase,
    SocialStage,
    can,
    link,
    reader,
)

MANY = 25  # more than `latest` may give
NO_ADDRESSES = ("", "hello", "you and me", "12:30", "#stones")  # what nobody may take for an address


class PublicPromises(SocialContractBase):
    """`sources`, `latest`, `openly`, `accountless`."""

    async def test_addresses_are_no_words(self, stage: SocialStage) -> None:
        """What one may read is declared with its addresses, and no plain word is one of them."""
        if not can(stage).addresses:
            with stage.raises(Unsupported):
                await stage.adapter.sources("@ada@example.social")
            return
        assert can(stage).anonymous, "addresses without anything that may be read there"
        for word in NO_ADDRESSES:
            assert not self._matches(stage, word), f"{word!r} is no address"

    async def test_an_address_leads_to_its_timeline(self, stage: SocialStage) -> None:
        """However it is written, an address gives the same timeline, which can be read without an account."""
        seen = 0
        async for account, timeline, addresses in self._addresses(stage):
            found = list[Source]()
            for address in addresses:
                assert self._matches(stage, address), f"{address!r} matches nothing that is declared"
                sources = await stage.adapter.sources(address)
                found += [source for source in sources if source.timeline == timeline]
                assert all(source.timeline.kind in can(stage).anonymous for source in sources)
                assert len({source.timeline for source in sources}) == len(sources), "one thing, twice"
            assert len(found) == len(addresses), "each way to write it leads to the same timeline"
            for source in found:
                assert source.title.strip(), "people choose by the title"
                assert bool(source.handle) or timeline.kind is not TimelineKind.PERSON
            stage.keeps_secrets(*found)
            await self._is_read(stage, timeline, account)
            seen += 1
        assert seen, "nothing that may be read has an address"

    async def _is_read(self, stage: SocialStage, timeline: Timeline, account: Account) -> None:
        cursor = (await stage.adapter.fetch(timeline, None, None)).cursor
        post = await stage.remote.add(timeline, "found you", account=account)
        page = await stage.adapter.fetch(timeline, None, cursor)
        assert [one.id for one in page.posts] == [post]

    async def test_nothing_at_an_address(self, stage: SocialStage) -> None:
        """An address of the right form at which there is nothing is `TargetGone`."""
        needs(can(stage).addresses, "addresses")
        nowhere = await cast(AddressedRemote, stage.remote).nowhere()
        assert nowhere, "the other side knows an address at which there is nothing"
        for address in nowhere:
            assert self._matches(stage, address)
            with stage.raises(TargetGone):
                await stage.adapter.sources(address)

    async def test_latest(self, stage: SocialStage) -> None:
        """What a timeline shows now comes newest first, twenty at most; without an account what is public."""
        account = await link(stage)
        if not can(stage).latest:
            with stage.raises(Unsupported):
                kind = next(iter(can(stage).timelines), TimelineKind.HOME)
                await stage.adapter.latest(Timeline(kind, account.server), reader(stage, account))
            return
        for kind in can(stage).timelines.intersection(FOLLOWED) - {TimelineKind.MENTIONS}:
            timeline = await stage.remote.timeline(kind, account)
            await stage.remote.add(None, "not for here", account=account)
            ids = [await stage.remote.add(timeline, f"post {n}", account=account) for n in range(MANY)]
            shown = await stage.adapter.latest(timeline, reader(stage, account))
            assert 0 < len(shown) <= 20, "at most twenty"
            assert [post.id for post in shown] == ids[: -len(shown) - 1 : -1]
            stage.keeps_secrets(*shown)
        await self._latest_for_anybody(stage, account)

    async def _latest_for_anybody(self, stage: SocialStage, account: Account) -> None:
        for kind in can(stage).timelines.intersection(FOLLOWED):
            timeline = await stage.remote.timeline(kind, account)
            if kind not in can(stage).anonymous:
                with stage.raises(Unsupported):
                    await stage.adapter.latest(timeline, None)
                continue
            wanted = await stage.remote.add(timeline, "for all", account=account)
            if Audience.FOLLOWERS in can(stage).audiences:
                await stage.remote.add(timeline, "for few", account=account, audience=Audience.FOLLOWERS)
            shown = await stage.adapter.latest(timeline, None)
            assert shown[0].id == wanted
            assert {post.audience for post in shown} <= {Audience.PUBLIC, Audience.UNLISTED}

    async def test_without_an_account(self, stage: SocialStage) -> None:
        """What is declared `openly` is answered without an account; the rest of it is `Unsupported`."""
        assert all(getattr(can(stage), name) for name in can(stage).openly), "openly, and not at all"
        account, handle = await link(stage), await stage.remote.person()
        for name in get_args(Open):
            if getattr(can(stage), name) and name not in can(stage).openly:
                with stage.raises(Unsupported):
                    await getattr(stage.adapter, name)(None, handle)
        if "whois" in can(stage).openly:
            assert (await stage.adapter.whois(None, handle)).author.handle == handle
            with stage.raises(TargetGone):
                await stage.adapter.whois(None, handle.replace("@", "@nobody_of_this_name", 1))
        if "search" in can(stage).openly:
            wanted = await stage.remote.add(None, "the octarine stone", account=account)
            if Audience.FOLLOWERS in can(stage).audiences:
                await stage.remote.add(None, "octarine", account=account, audience=Audience.FOLLOWERS)
            assert [post.id for post in await stage.adapter.search(None, "octarine")] == [wanted]

    async def test_nothing_to_link(self, stage: SocialStage) -> None:
        """Without accounts nothing can be linked, and all there is can be read by anybody, at an address."""
        needs(can(stage).accountless, "a network without accounts")
        for answer in (None, "ada"):
            with stage.raises(Unsupported):
                await stage.adapter.link(None, answer)
        assert can(stage).anonymous == can(stage).timelines != frozenset()
        assert can(stage).addresses, "there is no other way to come to a timeline"
        assert not can(stage).join
        assert not can(stage).web_link

    @staticmethod
    def _matches(stage: SocialStage, word: str) -> bool:
        return any(re.fullmatch(address.pattern, word) for address in can(stage).addresses)

    @staticmethod
    async def _addresses(stage: SocialStage) -> AsyncGenerator[tuple[Account, Timeline, Sequence[str]], None]:
        """Each timeline that may be read without an account and has addresses."""
        needs(can(stage).addresses, "addresses")
        account = await link(stage)
        for kind in TimelineKind:
            if kind in can(stage).anonymous:
                timeline = await stage.remote.timeline(kind, account)
                addresses = await cast(AddressedRemote, stage.remote).written(timeline)
                if addresses:
                    yield account, timeline, addresses
