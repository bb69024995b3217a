"""Plaza keeps the contract of every social network."""

import contextlib

import sqlalchemy as sa

from adapters import plaza
from adapters.plaza.native import Native
from adapters.plaza.store.rows import ENTRIES, entries, illustrated
from adapters.plaza.store.tables import (
    bookmark,
    boost,
    favourite,
    follow,
    person,
    picture,
    picture_file,
    post,
)
from bridgebot.model import Account, Audience, Consent, Timeline, TimelineKind
from bridgebot.testing.social import SocialAdapterContract, SocialFailure
from tests.servers.plaza import Town
from tests.servers.plaza_browser import browser


class PlazaRemote:
    """Plaza is its own server: the others join it as everybody does."""

    failures = frozenset({SocialFailure.AUTH})
    town: Town

    def __init__(self):
        self.linked = {}

    @property
    def secrets(self):
        return [account.credentials for account in (*self.linked.values(), *self.town.accounts.values())]

    async def answer(self, step, who="ada", *, right=True):
        """A name to the question; to `Consent`, the code with which the person's browser is sent back."""
        if not isinstance(step, Consent):
            return who if right else "not a name"
        if not right:
            return "not-the-code"
        async with browser() as window:
            await window.signs_in(await self.town.adapter.sign_in(await self.town.account(who)))
            return (await window.consents(step.url)).answer()["code"]

    async def person(self):
        return (await self.town.account("grete")).handle

    async def timeline(self, kind, account):
        grete = await self.town.account("grete")
        await self.town.adapter.follow(account, grete.handle, True)
        argument = {TimelineKind.PERSON: grete.id, TimelineKind.TAG: "tea"}.get(kind, "")
        return Timeline(kind, account.server, argument)

    async def written(self, timeline):
        name = self.town.context.name
        page = self.town.context.routes.url("/@grete")
        addresses = (f"@grete@{name}", f"grete@{name}", f"@Grete@{name}", page, f"{page}/")
        return addresses if timeline.kind is TimelineKind.PERSON else ()

    async def nowhere(self):
        return (f"@nobody@{self.town.context.name}", self.town.context.routes.url("/@nobody"))

    async def add(self, timeline, text, *, account, audience=Audience.PUBLIC, reply_to=None):
        kind = timeline.kind if timeline else None
        name = account.name if kind is TimelineKind.OWN else "grete" if kind else "stranger"
        behind = {TimelineKind.MENTIONS: f" {account.handle}", TimelineKind.TAG: " #tea"}.get(kind, "")
        self.town.accounts.setdefault(account.name, account)
        return (await self.town.post(name, text + behind, audience, reply_to=reply_to)).id

    async def edit(self, post_id, text):
        post = await self.town.adapter.get(None, post_id)
        behind = [word for word in post.text.split() if word[0] in "@#"]
        await self.town.edit(post.author.name, post, " ".join([text, *behind]))

    async def delete(self, post_id):
        post = await self.town.adapter.get(None, post_id)
        await self.town.delete(post.author.name, post)

    async def posts(self):
        standing = ENTRIES.where(post.c.deleted_at.is_(None)).order_by(post.c.id)
        found = await self.town.context.database.read(lambda tx, now: illustrated(tx, entries(tx, standing)))
        native = Native(self.town.context.name, self.town.context.routes.url)
        return [native.post(one) for one in found]

    async def files(self, post_id):
        held = sa.select(picture_file.c.content).join(picture, picture.c.id == picture_file.c.picture_id)
        under = held.where(picture.c.under == int(post_id)).order_by(picture.c.position)
        return await self.town.context.database.read(lambda tx, now: tx.execute(under).scalars().all())

    async def marked(self, mark, account, target):
        if mark == "follow":
            other = sa.select(person.c.id).where(person.c.name == target.removeprefix("@")).scalar_subquery()
            return await self._there(follow, account, follow.c.target_id == other, follow.c.accepted)
        if mark == "boost":
            return await self._there(boost, account, boost.c.post_id == int(target), boost.c.live)
        if mark == "bookmark":
            return await self._there(bookmark, account, bookmark.c.post_id == int(target))
        return await self._there(favourite, account, favourite.c.post_id == int(target))

    async def _there(self, table, account, *where):
        query = sa.select(sa.func.count()).where(table.c.person_id == int(account.id), *where)
        return await self.town.context.database.read(lambda tx, now: tx.execute(query).scalar_one()) == 1

    async def fail(self, failure):
        await self.town.context.database.run(
            lambda tx, now: tx.execute(sa.update(person).values(token="other"))
        )

    async def heal(self):
        pass


class TestPlaza(SocialAdapterContract):
    module = plaza
    notifies = frozenset({"favourite", "boost", "follow"})

    @contextlib.asynccontextmanager
    async def remote(self):
        yield PlazaRemote()

    def config(self, remote):
        return {"posts_per_hour": 10_000}

    def adapter(self, context, remote):
        adapter = super().adapter(context, remote)
        remote.town = Town(adapter, context)
        joined, link = remote.linked, adapter.link

        async def remembered(progress, answer, **more):
            if progress == "name" and answer in remote.town.accounts:
                return remote.town.accounts[answer]  # who consented in a browser joined before that
            step = await link(progress, answer, **more)
            if isinstance(step, Account):
                joined[step.name] = step
            return step

        adapter.link = remembered
        return adapter
