"""Bluesky keeps the contract of every social network."""

import contextlib

from adapters import bluesky
from bridgebot.testing.social import SocialAdapterContract
from tests.servers.bluesky_stage import remote


class TestBluesky(SocialAdapterContract):
    module = bluesky
    edits_elsewhere = False  # packages/bsky: the app view shows a post as it was first written
    notifies = frozenset({"favourite", "boost", "follow"})

    @contextlib.asynccontextmanager
    async def remote(self):
        async with remote() as stage:
            yield stage

    def config(self, remote):
        return remote.server.options
