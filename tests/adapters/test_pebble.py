"""Pebble keeps the contract."""

import contextlib

from adapters import pebble
from bridgebot.errors import AuthExpired, Rejected
from bridgebot.model import Account, Audience, Draft, Timeline
from bridgebot.testing.contract import fill
from bridgebot.testing.social import SocialAdapterContract, SocialFailure
from bridgebot.testing.social_base import link


class PebbleRemote:
    """Pebble is its own server: the others join it as everybody does."""

    failures = frozenset({SocialFailure.AUTH})
    adapter: pebble.Adapter

    def __init__(self):
        self.accounts = {}
        self.count = 0

    @property
    def secrets(self):
        return list(self.adapter.people)

    async def answer(self, step, who="ada", *, right=True):
        return who if right else "not a name"

    async def account(self, name):
        if name not in self.accounts:
            self.accounts[name] = await self.adapter.link(None, name)
        return self.accounts[name]

    async def person(self):
        return (await self.account("grete")).handle

    async def timeline(self, kind, account):
        return Timeline(kind, account.server)

    async def add(self, timeline, text, *, account, audience=Audience.PUBLIC, reply_to=None):
        author = account if timeline else await self.account("stranger")
        self.count += 1
        draft = Draft(text, audience, reply_to=reply_to)
        return (await self.adapter.publish(author, draft, key=f"other {self.count}")).id

    async def delete(self, post_id):
        author = self.adapter.standing[post_id].author.id
        token = next(token for token, person in self.adapter.people.items() if person.id == author)
        await self.adapter.delete(Account(author, "", "", credentials=token), post_id)

    async def posts(self):
        return list(self.adapter.standing.values())

    async def marked(self, mark, account, target):
        return False  # nothing on Pebble can be marked

    async def fail(self, failure):
        self.adapter.people.clear()

    async def heal(self):
        pass


class TestPebble(SocialAdapterContract):
    module = pebble
    edits_elsewhere = False  # on Pebble what is written is written

    @contextlib.asynccontextmanager
    async def remote(self):
        yield PebbleRemote()

    def adapter(self, context, remote):
        remote.adapter = super().adapter(context, remote)
        return remote.adapter

    async def test_limit_is_told(self, stage):
        account = await link(stage)
        with stage.raises(Rejected) as errors:
            await stage.adapter.publish(account, Draft(fill(stage.adapter.capabilities.limits, 1)), key="k")
        assert "140" in stage.context.texts("en", errors[0].key, **errors[0].arguments)
        assert "140" in stage.context.texts("zh-CN", errors[0].key, **errors[0].arguments)

    async def test_names_are_folded(self, stage):
        account = await stage.adapter.link(None, " @Ada ")
        assert (account.id, account.handle) == ("ada", "@ada")
        for name in ("ADA", "@ada", "", "a b", "x" * 31):
            with stage.raises(Rejected):
                await stage.adapter.link(None, name)
        assert (await stage.adapter.link(None, "x" * 30)).id == "x" * 30
        assert (await stage.adapter.link(None, "丽")).handle == "@丽"

    async def test_a_restart_forgets(self, stage):
        account = await link(stage)
        with stage.raises(AuthExpired):
            await stage.make().publish(account, Draft("hello"), key="k")
