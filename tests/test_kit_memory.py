"""The in-memory adapters keep the contract: with everything declared, with nothing, and in between."""

import contextlib

from bridgebot.adapter import ChatCapabilities, OnUnconfirmed, SocialCapabilities
from bridgebot.model import Audience, Limits, TimelineKind
from bridgebot.testing import chat_side, memory_chat, memory_social, social_side
from bridgebot.testing.chat import ChatAdapterContract
from bridgebot.testing.chat_network import ChatNetwork
from bridgebot.testing.memory_remotes import MemoryChatRemote, MemorySocialRemote
from bridgebot.testing.social import SocialAdapterContract
from bridgebot.testing.social_network import SocialNetwork


class TestMemoryChat(ChatAdapterContract):
    module = memory_chat
    capabilities = chat_side.EVERYTHING

    @contextlib.asynccontextmanager
    async def remote(self):
        yield MemoryChatRemote(ChatNetwork())

    def adapter(self, context, remote):
        remote.network.clock = context.clock
        return self.module.MemoryChat(None, context, capabilities=self.capabilities, network=remote.network)


class TestPlainMemoryChat(TestMemoryChat):
    """Nothing declared: a chat like SMS, counted in bytes."""

    capabilities = ChatCapabilities(limits=Limits(160, "bytes"), needs_connection=False)


class TestMemorySocial(SocialAdapterContract):
    module = memory_social
    capabilities = social_side.EVERYTHING
    notifies = frozenset({"favourite", "boost", "follow"})

    @contextlib.asynccontextmanager
    async def remote(self):
        yield MemorySocialRemote(SocialNetwork())

    def adapter(self, context, remote):
        remote.network.clock = context.clock
        return self.module.MemorySocial(None, context, capabilities=self.capabilities, network=remote.network)


class TestJoinMemorySocial(TestMemorySocial):
    """One makes an account by naming it; an unanswered post is looked for."""

    capabilities = SocialCapabilities(
        limits=Limits(300, "graphemes", url_length=23),
        publish=True,
        audiences=frozenset({Audience.PUBLIC, Audience.FOLLOWERS}),
        find=True,
        follow=True,
        whois=True,
        search=True,
        join=True,
        timelines=frozenset({TimelineKind.OWN}),
        on_unconfirmed=OnUnconfirmed.LOOK,
    )


class TestPlainMemorySocial(TestMemorySocial):
    """Nothing declared."""

    capabilities = SocialCapabilities()


class TestAccountlessMemorySocial(TestMemorySocial):
    """There is nothing to link: feeds and people, for everybody to read."""

    notifies = frozenset()
    capabilities = SocialCapabilities(
        thread=True,
        get=True,
        latest=True,
        whois=True,
        search=True,
        openly=frozenset({"whois", "search"}),
        listen=True,
        timelines=frozenset({TimelineKind.PERSON, TimelineKind.FEED}),
        anonymous=frozenset({TimelineKind.PERSON, TimelineKind.FEED}),
        addresses=social_side.EVERYTHING.addresses,
        accountless=True,
    )

    @contextlib.asynccontextmanager
    async def remote(self):
        remote = MemorySocialRemote(SocialNetwork())
        remote.failures = frozenset()  # nobody has credentials that could be refused
        yield remote
