"""Pictures ahead of their post (docs.joinmastodon.org/methods/media)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from aiohttp import web

from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.entities import Json
from adapters.plaza.api.kitchen import Kitchen
from adapters.plaza.api.problems import ApiError
from adapters.plaza.gallery import Gallery
from adapters.plaza.markup import described
from adapters.plaza.store import pictures
from adapters.plaza.store.rows import Member, Picture

_ID = r"/api/v1/media/{id:\d{1,15}}"
_AROUND = 100_000  # bytes of a form around its picture
_PIECE = 1 << 16  # bytes


class Media:
    """The methods about uploads. One is its owner's alone, until a post shows it."""

    def __init__(self, door: Door, kitchen: Kitchen, gallery: Gallery) -> None:
        self._kitchen = kitchen
        self._gallery = gallery
        write = "write:media"
        most = _AROUND + (gallery.limits.image_bytes if gallery.limits else 0)
        for path in ("/api/v2/media", "/api/v1/media"):
            door.add("POST", path, self.create, write, most=most)
        door.add("GET", _ID, self.show, write)
        door.add("PUT", _ID, self.describe, write)
        door.add("DELETE", _ID, self.delete, write)

    async def create(self, call: Call) -> Reply:
        """It is there at once: there is nothing to wait for."""
        try:
            return Reply(self._told(await self._kept(call)))
        finally:
            for one in call.params.files.values():
                one.file.close()

    async def _kept(self, call: Call) -> Picture:
        sent = call.params.files.get("file")
        if sent is None:
            raise ApiError(422, "Validation failed: File can't be blank")
        file, content = await self._gallery.inspected(_pieces(sent), call.params.one("description"))
        key, room = f"api:{uuid4()}", self._gallery.room()
        return await call.act(
            lambda connection, now, me: pictures.keep(connection, now, me, file, content, key, room)
        )

    async def show(self, call: Call) -> Reply:
        which, now = call.segment(), self._kitchen.now()
        found = await call.look(lambda connection, me: pictures.waiting(connection, now, me, which))
        return Reply(self._told(found))

    async def describe(self, call: Call) -> Reply:
        """What is not said stays."""
        which, said = call.segment(), call.params.has("description")
        alt = described(call.params.one("description"))

        def unit(connection: Any, now: datetime, me: Member) -> Picture:
            if not said:
                return pictures.waiting(connection, now, me, which)
            return pictures.describe(connection, now, me, which, alt)

        return Reply(self._told(await call.act(unit)))

    async def delete(self, call: Call) -> Reply:
        which = call.segment()
        await call.act(lambda connection, now, me: pictures.forget(connection, me, which))
        return Reply({})

    def _told(self, picture: Picture) -> Json:
        return self._kitchen.entities.picture(picture)


async def _pieces(sent: web.FileField) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(sent.file.read, _PIECE):
        yield piece
