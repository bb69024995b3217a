"""The Mastodon adapter keeps the contract on Plaza, which is a whole server and no fake of one."""

from dataclasses import replace
from types import MethodType

from adapters import mastodon
from bridgebot.adapter import SocialAdapter
from bridgebot.model import TimelineKind
from bridgebot.testing.contract import TEXTS
from bridgebot.testing.social import SocialAdapterContract
from bridgebot.testing.social_base import link
from tests.servers.plaza_stage import remote

# A post comes as HTML, where white space around it means nothing.
PLAZA = frozenset({"listen", "polls", "quotes", "mute", "block"})
KEPT = tuple(text for text in TEXTS if text == text.strip())


class TestMastodonOnPlaza(SocialAdapterContract):
    module = mastodon
    texts = KEPT
    notifies = frozenset({"favourite", "boost", "follow"})

    def remote(self):
        return remote()

    def config(self, remote):
        return {"servers": {remote.domain: remote.url}}

    def adapter(self, context, remote):
        """Plaza says itself what it lacks; and it has no lists, and bookmarks in the order of the posts."""
        adapter = super().adapter(context, remote)
        able, absent = adapter.capabilities, dict.fromkeys(PLAZA, False)
        kinds = able.timelines - {TimelineKind.LIST, TimelineKind.BOOKMARKS}
        adapter.capabilities = replace(able, **absent, timelines=kinds)
        for name in ("mute", "block", "vote"):  # nobody calls what is not there
            setattr(adapter, name, MethodType(getattr(SocialAdapter, name), adapter))
        return adapter

    async def test_it_says_what_it_lacks(self, stage):
        limits = await stage.adapter.describe(await link(stage))
        assert limits.lacks == PLAZA
        assert (limits.files.count, limits.files.image_bytes, limits.files.video_bytes) == (4, 8_000_000, 0)
        assert limits.files.types == {"image/jpeg", "image/png", "image/gif", "image/webp"}

    async def test_lists(self, stage):
        """An app asks, and is told that there are none."""
        assert await stage.adapter.lists(await link(stage)) == ()
