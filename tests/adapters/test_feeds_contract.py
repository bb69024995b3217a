"""Feeds keep the contract, in each of their formats."""

import contextlib

from adapters import feeds
from bridgebot.testing.social import SocialAdapterContract
from tests.servers.feeds_stage import staged


class FeedsContract(SocialAdapterContract):
    module = feeds
    format = "rss"
    tells_gone = False  # what is pushed out at the end of a feed is not taken back
    names_posts = False  # a hub says that there is something

    @contextlib.asynccontextmanager
    async def remote(self):
        async with staged(self.format) as remote:
            yield remote

    def config(self, remote):
        return {"sites": (remote.server.origin,), "quickest": 0.0, "hubs": True}

    def adapter(self, context, remote):
        remote.adapter = super().adapter(context, remote)
        return remote.adapter


class TestRss(FeedsContract):
    format = "rss"


class TestAtom(FeedsContract):
    format = "atom"


class TestJsonFeed(FeedsContract):
    format = "json"
