"""Bluesky keeps the contract on Bluesky's own servers: what our fake of them says is true."""

import contextlib
from dataclasses import replace
from typing import ClassVar

import pytest

from adapters import bluesky
from bridgebot.errors import Rejected, Temporary
from bridgebot.model import Account, Draft, File, Timeline, TimelineKind, Uploaded
from bridgebot.testing.context import house
from bridgebot.testing.pictures import mp4, reader
from bridgebot.testing.social import SocialAdapterContract
from tests.servers.bluesky_real import RealBluesky, serve
from tests.servers.bluesky_real_stage import Patient, RealRemote

pytestmark = pytest.mark.asyncio


class RealContract(SocialAdapterContract):
    module = bluesky
    pytestmark = [pytest.mark.nightly, pytest.mark.asyncio]
    deadline = 30.0
    edits_elsewhere = False
    real: ClassVar[RealBluesky]

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def servers(cls, tmp_path_factory):
        """One network for all of the class: it takes half a minute to start."""
        with serve(tmp_path_factory.mktemp("bluesky"), whole=True) as cls.real:
            yield

    @contextlib.asynccontextmanager
    async def remote(self):
        yield RealRemote(self.real)

    def config(self, remote):
        return remote.real.options

    def adapter(self, context, remote):
        adapter = Patient(bluesky.Config(**self.config(remote)), context)
        adapter.real = remote.real
        return adapter


class TestServerAlone:
    """A PDS whose app view is away: what is written stands, what is read waits."""

    @pytest.fixture(scope="class")
    @classmethod
    def real(cls, tmp_path_factory):
        with serve(tmp_path_factory.mktemp("bluesky"), whole=False) as real:
            yield real

    async def test_publishing_needs_no_app_view(self, real):
        async with house(bluesky) as context:
            adapter = bluesky.Adapter(bluesky.Config(**real.options), context)
            stage = RealRemote(real)
            account = await linked(adapter, stage)
            key = "a42f6d40-1c50-4a6e-8d3c-1f2d3c4b5a69"
            post = await adapter.publish(account, Draft("你好 👋🏽 #tea"), key=key)
            again = await adapter.publish(account, Draft("你好 👋🏽 #tea"), key=key)
            assert again.id == post.id
            assert [one.text for one in await stage.posts()] == ["你好 👋🏽 #tea"]
            with pytest.raises(Temporary):
                await adapter.fetch(Timeline(TimelineKind.HOME, account.server), account, None)
            renewed = await adapter.refresh(account)
            await adapter.delete(renewed, post.id)
            assert await stage.posts() == []

    async def test_a_film_is_taken_as_a_picture_is_and_one_that_is_too_large_is_refused(self, real):
        async with house(bluesky) as context:
            adapter = bluesky.Adapter(bluesky.Config(**real.options), context)
            stage = RealRemote(real)
            account = await linked(adapter, stage)
            film = mp4()
            ref = await adapter.upload(account, moving(film), reader(film), key="film")
            draft = Draft("it moves", files=(Uploaded(ref, "a stone", 6, 4),))
            post = await adapter.publish(account, draft, key="b42f6d40-1c50-4a6e-8d3c-1f2d3c4b5a69")
            assert await stage.files(post.id) == [film]
            large = film + bytes(6_000_000)  # its limit is 5 MiB, unless its operator says otherwise
            with pytest.raises(Rejected, match="bluesky-file-large-there"):
                await adapter.upload(account, moving(large), reader(large, 1 << 16), key="large")


def moving(content):
    return File("video", "video/mp4", len(content), "a stone", 6, 4)


async def linked(adapter, stage):
    step = await adapter.link(None, None)
    while not isinstance(step, Account):
        step = await adapter.link(step.progress, await stage.answer(step))
    return step


class TestWholeNetwork(RealContract):
    """PDS and app view. What it does not have is a feed of somebody's own making."""

    whole = True
    notifies = frozenset({"favourite", "boost", "follow"})

    def adapter(self, context, remote):
        adapter = super().adapter(context, remote)
        kinds = adapter.capabilities.timelines - {TimelineKind.FEED}
        anonymous = adapter.capabilities.anonymous - {TimelineKind.FEED}
        adapter.capabilities = replace(adapter.capabilities, timelines=kinds, anonymous=anonymous)
        return adapter
