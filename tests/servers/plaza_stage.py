"""The contract kit's network for the Mastodon adapter where the server is Plaza: a real one, no fake."""

from __future__ import annotations

import contextlib

import sqlalchemy as sa

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
from adapters.plaza.store.tokens import end_all
from bridgebot.model import Attachment, Audience, Author, Consent, Post, Timeline, TimelineKind
from bridgebot.testing.social import SocialFailure
from tests.servers.plaza import town as plaza_town
from tests.servers.plaza_browser import browser

DOMAIN = "plaza.example"
TAG = "tea"
_MARKS = {"favourite": favourite, "boost": boost, "bookmark": bookmark}


class PlazaServer:
    """A Plaza with people who sign in from their chats. Ids are those of its API."""

    failures = frozenset({SocialFailure.AUTH})

    def __init__(self, town):
        self.town = town
        self.domain = DOMAIN
        self.url = town.listens

    @property
    def secrets(self):
        return [account.credentials for account in self.town.accounts.values()]

    async def _read(self, unit):
        return await self.town.context.database.read(unit)

    # --- linking ---

    async def answer(self, step, who="ada", *, right=True):
        """A server's name to the question, the code of the consent page to the address."""
        if not hasattr(step, "url"):
            return DOMAIN if right else "not a server"
        if not right:
            return "not-the-code"
        async with browser(f"https://{DOMAIN}", self.url) as window:
            await window.signs_in(await self.town.adapter.sign_in(await self.town.account(who)))
            answered = await window.consents(step.url)
            return answered.answer()["code"] if isinstance(step, Consent) else answered.code

    async def person(self):
        await self.town.account("grete")
        return f"@grete@{DOMAIN}"

    # --- what people do ---

    async def timeline(self, kind, account):
        me, grete = account.name, await self.town.account("grete")
        if kind is TimelineKind.HOME:
            await self.town.follow(me, "grete")
        argument = {TimelineKind.PERSON: grete.id, TimelineKind.TAG: TAG}.get(kind, "")
        return Timeline(kind, account.server, argument)

    async def written(self, timeline):
        page = f"https://{DOMAIN}/@grete"
        return (f"@grete@{DOMAIN}", page, f"{page}/") if timeline.kind is TimelineKind.PERSON else ()

    async def nowhere(self):
        return (f"@nobody@{DOMAIN}", f"https://{DOMAIN}/@nobody")

    async def add(self, timeline, text, *, account, audience=Audience.PUBLIC, reply_to=None):
        kind = timeline.kind if timeline else None
        name = account.name if kind is TimelineKind.OWN else "grete" if kind else "stranger"
        behind = {TimelineKind.MENTIONS: f" @{account.name}", TimelineKind.TAG: f" #{TAG}"}.get(kind, "")
        parent = None if reply_to is None else str((await self._entry(reply_to)).id)
        made = await self.town.post(name, text + behind, audience, reply_to=parent)
        if kind is TimelineKind.BOOKMARKS:
            await self.town.adapter.bookmark(await self.town.account(account.name), made.id, True)
        [entry] = await self._read(lambda tx, now: entries(tx, ENTRIES.where(post.c.id == int(made.id))))
        return str(entry.born)

    async def _entry(self, post_id):
        found = await self._read(lambda tx, now: entries(tx, ENTRIES.where(post.c.born == int(post_id))))
        return found[0] if found else None

    async def edit(self, post_id, text):
        entry = await self._entry(post_id)
        behind = [word for word in entry.text.split() if word[0] in "@#"]
        there = await self.town.adapter.get(await self.town.account(entry.name), str(entry.id))
        await self.town.edit(entry.name, there, " ".join([text, *behind]))

    async def delete(self, post_id):
        entry = await self._entry(post_id)
        there = await self.town.adapter.get(await self.town.account(entry.name), str(entry.id))
        await self.town.delete(entry.name, there)

    # --- what stands there ---

    async def posts(self):
        standing = ENTRIES.where(post.c.deleted_at.is_(None)).order_by(post.c.id)
        found = await self._read(lambda tx, now: illustrated(tx, entries(tx, standing)))
        places = {one.id: str(one.born) for one in found}
        return [self._post(one, places) for one in found]

    def _post(self, entry, places):
        page = f"https://{DOMAIN}{entry.path}"
        return Post(
            places[entry.id],
            Author(str(entry.person_id), f"@{entry.name}@{DOMAIN}", entry.name),
            entry.text,
            entry.audience,
            entry.created_at,
            uri=page,
            url=page,
            warning=entry.warning,
            language=entry.language,
            reply_to=places.get(entry.reply_to),
            edited_at=entry.edited_at,
            media=tuple(Attachment("image", self.url + one.path, one.alt) for one in entry.pictures),
        )

    async def files(self, post_id):
        entry = await self._entry(post_id)
        held = sa.select(picture_file.c.content).join(picture, picture.c.id == picture_file.c.picture_id)
        under = held.where(picture.c.under == entry.id).order_by(picture.c.position)
        return await self._read(lambda tx, now: tx.execute(under).scalars().all())

    async def marked(self, mark, account, target):
        me = int(account.id)
        if mark == "follow":
            name = target.removeprefix("@").removesuffix(f"@{DOMAIN}")
            other = sa.select(person.c.id).where(person.c.name == name).scalar_subquery()
            return await self._there(follow, me, follow.c.target_id == other, follow.c.accepted)
        entry, table = await self._entry(target), _MARKS[mark]
        live = (boost.c.live,) if mark == "boost" else ()
        return await self._there(table, me, table.c.post_id == (entry.id if entry else 0), *live)

    async def _there(self, table, me, *where):
        query = sa.select(sa.func.count()).where(table.c.person_id == me, *where)
        return await self._read(lambda tx, now: tx.execute(query).scalar_one()) == 1

    async def fail(self, failure):
        """Every token ends."""

        def unit(tx, now):
            for row in tx.execute(sa.select(person)).all():
                end_all(tx, now, row)

        await self.town.context.database.run(unit)

    async def heal(self):
        pass


@contextlib.asynccontextmanager
async def remote():
    """For `SocialAdapterContract.remote`."""
    options = {"posts_per_hour": 10_000, "limit": 500}
    async with plaza_town(address=f"https://{DOMAIN}", **options) as town:
        yield PlazaServer(town)
