"""Plaza as a server with people: the adapter in a house of its own, its pages on a free port."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from dataclasses import replace

from adapters import plaza
from bridgebot.model import Audience, Draft, Timeline, TimelineKind
from bridgebot.testing.context import house

PUBLIC = Audience.PUBLIC


class Town:
    """Plaza, and people who join it when they are first named."""

    def __init__(self, adapter, context):
        self.adapter = adapter
        self.context = context
        self.accounts = {}
        self._keys = itertools.count()

    async def account(self, name):
        if name not in self.accounts:
            self.accounts[name] = await self.adapter.link(None, name)
        return self.accounts[name]

    async def post(self, name, text, audience=PUBLIC, *, reply_to=None, warning=None, language=None):
        draft = Draft(text, audience, warning, language, reply_to)
        return await self.adapter.publish(await self.account(name), draft, key=f"key-{next(self._keys)}")

    async def edit(self, name, post, text):
        return await self.adapter.edit(await self.account(name), post.id, Draft(text))

    async def delete(self, name, post):
        await self.adapter.delete(await self.account(name), post.id)

    async def follow(self, name, other, on=True):
        await self.account(other)
        return await self.adapter.follow(await self.account(name), other, on)

    def timeline(self, kind, argument=""):
        return Timeline(kind, self.context.name, argument)

    async def reader(self, name, kind, argument=""):
        """Reads a timeline from now on; `name` None reads it as anybody."""
        account = None if name is None else await self.account(name)
        if kind is TimelineKind.PERSON:
            argument = (await self.account(argument)).id
        reader = Reader(self.adapter, self.timeline(kind, argument), account)
        await reader.start()
        return reader

    async def get(self, path, **headers):
        """What the site answers: status, headers, text."""
        url = path if path.startswith("http") else self.context.routes.url(path)
        async with self.context.http.get(url, headers=headers, allow_redirects=False) as response:
            return response.status, response.headers, await response.text()

    @contextlib.asynccontextmanager
    async def events(self, path, **headers):
        """The site's event stream, as a function that waits for the next event."""
        async with self.context.http.get(self.context.routes.url(path), headers=headers) as response:
            assert response.status == 200
            assert response.content_type == "text/event-stream"

            async def event():
                fields = {}
                async with asyncio.timeout(60):
                    while line := (await response.content.readline()).decode().rstrip("\n"):
                        name, _, value = line.partition(": ")
                        fields[name] = value
                if "event" not in fields:
                    return await event()
                return fields["event"], int(fields["id"]), json.loads(fields["data"])

            yield event


class Reader:
    """Somebody who reads one timeline on and on."""

    def __init__(self, adapter, timeline, account):
        self.adapter, self.timeline, self.account = adapter, timeline, account
        self.cursor = None

    async def start(self):
        page = await self.adapter.fetch(self.timeline, self.account, None)
        assert (page.posts, page.gone, page.notifications, page.more) == ((), (), (), False)
        self.cursor = page.cursor

    async def pages(self):
        """Everything since the last time, page by page."""
        found = []
        while not found or found[-1].more:
            found.append(await self.adapter.fetch(self.timeline, self.account, self.cursor))
            self.cursor = found[-1].cursor
        return found

    async def posts(self):
        return [post for page in await self.pages() for post in page.posts]

    async def texts(self):
        return [post.text for post in await self.posts()]

    async def gone(self):
        return [post_id for page in await self.pages() for post_id in page.gone]

    async def told(self):
        return [
            (one.kind, one.by.name, one.post) for page in await self.pages() for one in page.notifications
        ]


class Named:
    """`Routes` of a site that people know by another address than the one where it listens."""

    def __init__(self, routes, address):
        self._routes, self._address = routes, address

    def add(self, method, path, handler):
        self._routes.add(method, path, handler)

    def url(self, path):
        return f"{self._address}{path}"


@contextlib.asynccontextmanager
async def town(clock=None, address=None, **options):
    """Plaza with these options of its configuration; `address`: what it is to be called."""
    async with house(plaza, clock=clock) as context:
        listens = context.routes.url("")
        if address is not None:
            context = replace(context, routes=Named(context.routes, address))
        made = Town(plaza.Adapter(plaza.Config(**options), context), context)
        made.listens = listens
        yield made
