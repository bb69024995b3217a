"""A Mastodon with ada linked, for the tests of its adapter."""

import contextlib
import json
from dataclasses import dataclass

from adapters import mastodon
from bridgebot.adapter import Context
from bridgebot.model import Account, Post, Timeline, TimelineKind
from bridgebot.testing.context import house
from tests.servers.mastodon import MastodonServer, serve


@dataclass
class Town:
    adapter: mastodon.Adapter
    server: MastodonServer
    context: Context
    ada: Account

    def __post_init__(self):
        self.began = self.context.clock.now()
        self.grete = self.server.person("grete")
        self.me = self.server.person("ada")

    def timeline(self, kind, argument=""):
        return Timeline(kind, self.server.domain, argument)

    @property
    def home(self):
        """What grete posts, whom ada follows."""
        self.me.follow(self.grete)
        return self.timeline(TimelineKind.HOME)

    async def start(self, timeline):
        return (await self.adapter.fetch(timeline, self.ada, None)).cursor

    async def read(self, timeline, cursor, account=None):
        """Everything from a cursor on: posts, what is gone, notifications, and the cursor behind it."""
        posts, gone, told = list[Post](), [], []
        for _ in range(30):
            page = await self.adapter.fetch(timeline, account or self.ada, cursor)
            posts, gone, told = [*posts, *page.posts], [*gone, *page.gone], [*told, *page.notifications]
            cursor = page.cursor
            if not page.more:
                return posts, gone, told, cursor
        raise AssertionError("the timeline never ends")

    def asked(self, method, path):
        return sum(one == (method, path) for one in self.server.asked)

    @property
    def token(self):
        return json.loads(self.ada.credentials)["token"]


async def linked(adapter, server, who="ada"):
    step = await adapter.link(None, server.domain, owner="Telegram 4711")
    return await adapter.link(step.progress, await server.person(who).consents(step.url))


@contextlib.asynccontextmanager
async def town(flavour="mastodon"):
    async with serve(flavour) as server, house(mastodon) as context:
        server.budgets.enforced = False
        adapter = mastodon.Adapter(mastodon.Config(servers={server.domain: server.url}), context)
        yield Town(adapter, server, context, await linked(adapter, server))
