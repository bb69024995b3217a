"""Carries the files of a post: out of the chat in which they stand, or from an address, onto networks and
into chats.

An upload is one part of a publication, before the post that shows it. It may be repeated: what no post names
is seen by nobody, and the network forgets it. A message that shows something is one call with it: a chat's
network that fetches addresses is given them first, since that costs nothing here; what it cannot fetch is
fetched here and handed over, and what cannot be had at all is told in words.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from bridgebot import http
from bridgebot.adapter import ChatAdapter, SocialAdapter
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed, Unsupported
from bridgebot.files import Shelf, boxes, films, kinds
from bridgebot.files.shelf import LARGEST
from bridgebot.files.strip import strip
from bridgebot.http.fetch import fetch
from bridgebot.journal import Journal
from bridgebot.model import Enclosure, Exhibit, File, FileLimits
from bridgebot.outbox import calls, exhibits
from bridgebot.outbox.calls import Aim, AnyAdapter, Done
from bridgebot.store.rows import noun

_PIECE = 1 << 16  # bytes
NO_ANSWER = "file-no-answer"
_ENOUGH = 3  # attempts to fetch what can be named by its address
_PICTURE = 32 * 1024 * 1024  # bytes of a picture that is fetched: it may be made smaller
_NOT_HERE = frozenset({NO_ANSWER, "file-no-room", "file-disk-full"})
_SOON = 30.0  # seconds in which what a chat is to be shown must be here
_LATER = 30.0  # seconds until a file is asked for again
_AS_IT_IS = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp"}
)  # with no words of a camera left


class Carrier:
    """Makes the calls `upload` of publications."""

    def __init__(
        self,
        adapters: Mapping[str, AnyAdapter],
        shelf: Shelf,
        journal: Journal,
        *,
        public_url: str | None = None,
        sites: Sequence[str] = (),
    ) -> None:
        self._adapters = adapters
        self._shelf = shelf
        self._journal = journal
        self._public_url = public_url
        self._sites = sites
        self._http: aiohttp.ClientSession | None = None  # made when the first address is asked
        self._decoding = asyncio.Semaphore(1)  # a large picture takes hundreds of megabytes
        self._filming = asyncio.Semaphore(1)  # a film takes minutes: no picture waits for it

    def begin(self) -> None:
        """Nothing that an earlier run left is needed."""
        self._shelf.clear()

    def let_go(self) -> None:
        """Nothing that is not on its way now is kept."""
        self._shelf.let_go()

    async def end(self) -> None:
        self._shelf.clear()
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def upload(self, aim: Aim, key: str, payload: Mapping[str, Any], attempts: int) -> Done:
        """Make one frozen upload: its ids are what the network calls the file, and its size in points. None
        for what can be named by its address instead, where it cannot be had. Raises what the adapters raise.
        """
        try:
            return await self._upload(aim, key, payload)
        except Rejected:
            if "line" not in payload:
                raise
        except Temporary as error:
            if "line" not in payload or error.key != NO_ANSWER or attempts < _ENOUGH:
                raise
        return Done()

    async def _upload(self, aim: Aim, key: str, payload: Mapping[str, Any]) -> Done:
        source: Enclosure = noun(payload["file"], Enclosure)
        limits: FileLimits = noun(payload["limits"], FileLimits)
        if aim.adapter is None or aim.account is None:
            raise Temporary("error-not-configured", retry_after=300)
        if not isinstance(aim.adapter, SocialAdapter):
            raise Unsupported()
        async with self._opened(source, limits) as (file, content):
            ref = await aim.adapter.upload(aim.account, file, _reader(content), key=key)
            self._journal.carried(aim.adapter.context.name, "out", file.size)
        return Done((ref, _points(file)))

    async def show(self, aim: Aim, key: str, payload: dict[str, Any]) -> Done:
        """Send one frozen message with what it shows, or with words in its place: a chat does not wait for a
        picture that nobody gives now. Raises as adapters do.
        """
        for by_address in await self._ways(aim, payload):
            try:
                return await self._show(aim, payload, by_address)
            except (Rejected, Unsupported):
                continue  # nothing of it was sent
            except Temporary as error:
                if error.key not in _NOT_HERE:
                    raise
        return await calls.perform(aim, key, exhibits.in_words(payload))

    async def _ways(self, aim: Aim, payload: Mapping[str, Any]) -> tuple[bool, ...]:
        """By addresses that the network fetches by itself, if there are any; and by their content."""
        shows = aim.adapter.capabilities.shows if isinstance(aim.adapter, ChatAdapter) else None
        if shows is None:
            return ()
        files: list[Enclosure] = [noun(one["file"], Enclosure) for one in payload["message"]["media"]]
        addressed = any([await self._elsewhere(file) for file in files])
        return (True, False) if shows.by_address and addressed else (False,)

    async def _show(self, aim: Aim, payload: dict[str, Any], by_address: bool) -> Done:
        adapter, chat = aim.adapter, aim.chat
        if not isinstance(adapter, ChatAdapter) or chat is None or adapter.capabilities.shows is None:
            raise Unsupported()
        limits = adapter.capabilities.shows.files
        async with contextlib.AsyncExitStack() as held:
            media = await _soon(
                held, [self._exhibit(one, limits, by_address) for one in payload["message"]["media"]]
            )
            message = replace(calls.outgoing(payload), media=tuple(media))
            ids = await adapter.send(chat, message)
            handed = sum(one.file.size for one in media if one.read is not None)
            self._journal.carried(adapter.context.name, "out", handed)
            return Done(ids)

    @contextlib.asynccontextmanager
    async def _exhibit(
        self, kept: dict[str, Any], limits: FileLimits, by_address: bool
    ) -> AsyncIterator[Exhibit]:
        """One of what a message shows, while it is being sent."""
        source: Enclosure = noun(kept["file"], Enclosure)
        stated = exhibits.stated(kept)
        if by_address and await self._elsewhere(source):
            yield replace(stated, url=source.ref)
            return
        async with self._opened(source, limits, making=False) as (file, content):
            if file.kind != source.kind:
                raise Rejected("file-type")
            yield Exhibit(file, read=_reader(content), hidden=stated.hidden)

    @contextlib.asynccontextmanager
    async def _opened(
        self, source: Enclosure, limits: FileLimits, *, making: bool = True
    ) -> AsyncIterator[tuple[File, Path]]:
        """A file that is here, looked at, stripped and made to fit, while it is needed; a film only where
        that is worth it (`making`).
        """
        making = making and films.there()
        most = LARGEST if making else min(max(limits.video_bytes, _PICTURE), LARGEST)
        name = f"{source.adapter}\n{source.ref}"
        async with (
            self._shelf.holding(name, lambda: self._fetch(source, most), self._strip) as path,
            self._fitting(path, source.alt, limits, making) as fit,
        ):
            yield fit

    async def _fetch(self, source: Enclosure, most: int) -> AsyncIterator[bytes]:
        """What goes wrong here is no word about the account that the file is for."""
        try:
            async for piece in await self._pieces(source, most):
                self._journal.carried(source.adapter, "in", len(piece))
                yield piece
        except (TargetGone, Unsupported) as error:
            raise Rejected("file-gone") from error
        except (AuthExpired, Unconfirmed) as error:
            raise Temporary(NO_ANSWER, retry_after=_LATER) from error
        except Temporary as error:
            raise Temporary(NO_ANSWER, retry_after=error.retry_after or _LATER) from error

    async def _pieces(self, source: Enclosure, most: int) -> AsyncIterator[bytes]:
        known = self._adapters.get(source.adapter)
        adapter = known if source.adapter else await self._holding(source.ref)
        if adapter is None and not source.adapter:
            return fetch(self._stranger(), source.ref, most)
        if adapter is None:
            raise Unsupported()
        return adapter.download(source.ref)

    async def _elsewhere(self, source: Enclosure) -> bool:
        """Whether it is at an address that anybody may ask. What an adapter serves itself is not asked for
        over HTTP: nobody else may be able to reach it there.
        """
        return not source.adapter and await self._holding(source.ref) is None

    async def _holding(self, url: str) -> SocialAdapter[Any] | None:
        for one in self._adapters.values():
            if isinstance(one, SocialAdapter) and await one.holds(url):
                return one
        return None

    def _stranger(self) -> aiohttp.ClientSession:
        """Asks an address as anybody would: what an adapter may reach beyond that is not for whoever names an
        address in a post. The operator may name sites that are.
        """
        if self._http is None:
            policy = http.policy({"sites": self._sites})
            self._http = http.session(policy, public_url=self._public_url)
        return self._http

    async def _strip(self, path: Path) -> None:
        """Take out what tells more than is seen, before anything else is done with it."""
        try:
            await asyncio.to_thread(lambda: strip(path, _type_of(path)))
        except ValueError as error:
            raise Rejected("file-broken") from error

    @contextlib.asynccontextmanager
    async def _fitting(
        self, path: Path, alt: str, limits: FileLimits, making: bool
    ) -> AsyncIterator[tuple[File, Path]]:
        """The file as this network takes it: as it is, or a picture made for it."""
        made, told = path.with_name(f"{path.name}-{secrets.token_hex(4)}"), _shortened(alt, limits.alt_length)
        try:
            if making and await asyncio.to_thread(_becomes_film, path, limits):
                async with self._filming:
                    fit = await _film(path, made, told, limits)
            else:
                async with self._decoding:
                    fit = await asyncio.to_thread(_fit, path, made, told, limits)
            yield fit
        finally:
            made.unlink(missing_ok=True)


async def _soon(
    held: contextlib.AsyncExitStack, coming: Sequence[contextlib.AbstractAsyncContextManager[Exhibit]]
) -> list[Exhibit]:
    """All of these, held; Temporary where they take too long."""
    try:
        async with asyncio.timeout(_SOON):
            return [await held.enter_async_context(one) for one in coming]
    except TimeoutError as error:
        raise Temporary(NO_ANSWER) from error


def _becomes_film(path: Path, limits: FileLimits) -> bool:
    """Whether another film is made of it; of a picture of one moment there is none."""
    type = _type_of(path)
    if not films.wanted(type, films.weight(path), limits):
        return False
    return kinds.kind_of(type) == "video" or bool(_pictures().moves(path))


async def _film(path: Path, made: Path, alt: str, limits: FileLimits) -> tuple[File, Path]:
    """What is told of a file, and where it is. Raises Rejected if the network cannot have it."""
    await asyncio.to_thread(_told, path, alt, limits)
    await films.fitted(path, made, _type_of(path), limits)
    return await asyncio.to_thread(_told, made, alt, limits), made


def _told(path: Path, alt: str, limits: FileLimits) -> File:
    """What is told of a film or sound. Raises Rejected where it lasts too long for the network."""
    type = _type_of(path)
    measures, most = boxes.measured(path, type), limits.video_seconds
    if most is not None and measures.seconds is not None and measures.seconds > most:
        raise Rejected("file-too-long", minutes=most // 60)
    return File(kinds.kind_of(type), type, films.weight(path), alt, measures.width, measures.height)


def _pictures() -> Any:
    """And Pillow with it: only who sends pictures has that in memory."""
    return importlib.import_module("bridgebot.files.pictures")


def _fit(path: Path, made: Path, alt: str, limits: FileLimits) -> tuple[File, Path]:
    """The same of what is taken as it is, or of a picture that is made to fit."""
    type, size = _type_of(path), path.stat().st_size
    kind = kinds.kind_of(type)
    if kind != "image":
        _check_film(type, size, limits)
        return _told(path, alt, limits), path
    pictures = _pictures()
    width, height = pictures.measure(path)
    fits = type in _AS_IT_IS & limits.types and size <= limits.image_bytes
    if fits and (limits.image_pixels is None or width * height <= limits.image_pixels):
        return File("image", type, size, alt, width, height), path
    type, width, height = pictures.fitted(path, made, limits)
    return File("image", type, made.stat().st_size, alt, width, height), made


def _check_film(type: str, size: int, limits: FileLimits) -> None:
    if type not in limits.types:
        raise Rejected("file-type")
    if size > limits.video_bytes:
        raise Rejected("file-too-large", most=kinds.megabytes(limits.video_bytes))


def _type_of(path: Path) -> str:
    with path.open("rb") as file:
        return kinds.type_of(file.read(kinds.HEAD))


def _shortened(alt: str, most: int) -> str:
    return alt if len(alt) <= most else f"{alt[: most - 1]}…"


def _points(file: File) -> str:
    return f"{file.width}x{file.height}" if file.width and file.height else ""


def _reader(path: Path) -> Callable[[], AsyncIterator[bytes]]:
    async def read() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece

    return read
