"""Carries the files of a post: out of the chat in which they stand, or from an address, onto networks.

An upload is one part of a publication, before the post that shows it. It may be repeated: what no post names
is seen by nobody, and the network forgets it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from bridgebot import http
from bridgebot.adapter import ChatAdapter, SocialAdapter
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed, Unsupported
from bridgebot.files import Shelf, kinds
from bridgebot.files.shelf import LARGEST
from bridgebot.files.strip import strip
from bridgebot.http.fetch import fetch
from bridgebot.model import Enclosure, File, FileLimits
from bridgebot.outbox.calls import Aim, AnyAdapter, Done
from bridgebot.store.rows import noun

_PIECE = 1 << 16  # bytes
NO_ANSWER = "file-no-answer"
_ENOUGH = 3  # attempts to fetch what can be named by its address
_LATER = 30.0  # seconds until a file is asked for again
_AS_IT_IS = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp"}
)  # with no words of a camera left


class Carrier:
    """Makes the calls `upload` of publications."""

    def __init__(
        self, adapters: Mapping[str, AnyAdapter], shelf: Shelf, *, public_url: str | None = None
    ) -> None:
        self._adapters = adapters
        self._shelf = shelf
        self._public_url = public_url
        self._http: aiohttp.ClientSession | None = None  # made when the first address is asked
        self._decoding = asyncio.Semaphore(1)  # a large picture takes hundreds of megabytes

    def begin(self) -> None:
        """Nothing that an earlier run left is needed."""
        self._shelf.clear()

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
        name = f"{source.adapter}\n{source.ref}"
        async with (
            self._shelf.holding(name, lambda: self._fetch(source), self._strip) as path,
            self._fitting(path, source.alt, limits) as (file, content),
        ):
            ref = await aim.adapter.upload(aim.account, file, _reader(content), key=key)
        return Done((ref, _points(file)))

    async def _fetch(self, source: Enclosure) -> AsyncIterator[bytes]:
        """What goes wrong here is no word about the account that the file is for."""
        try:
            async for piece in self._pieces(source):
                yield piece
        except (TargetGone, Unsupported) as error:
            raise Rejected("file-gone") from error
        except (AuthExpired, Unconfirmed) as error:
            raise Temporary(NO_ANSWER, retry_after=_LATER) from error
        except Temporary as error:
            raise Temporary(NO_ANSWER, retry_after=error.retry_after or _LATER) from error

    def _pieces(self, source: Enclosure) -> AsyncIterator[bytes]:
        if not source.adapter:
            return fetch(self._stranger(), source.ref, LARGEST)
        adapter = self._adapters.get(source.adapter)
        if not isinstance(adapter, ChatAdapter):
            raise Unsupported()
        return adapter.download(source.ref)

    def _stranger(self) -> aiohttp.ClientSession:
        """Asks an address as anybody would: what an adapter may reach beyond that is not for whoever names an
        address in a post.
        """
        if self._http is None:
            self._http = http.session(http.policy({}), public_url=self._public_url)
        return self._http

    async def _strip(self, path: Path) -> None:
        """Take out what tells more than is seen, before anything else is done with it."""
        try:
            await asyncio.to_thread(lambda: strip(path, _type_of(path)))
        except ValueError as error:
            raise Rejected("file-broken") from error

    @contextlib.asynccontextmanager
    async def _fitting(self, path: Path, alt: str, limits: FileLimits) -> AsyncIterator[tuple[File, Path]]:
        """The file as this network takes it: as it is, or a picture made for it."""
        made = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
        try:
            async with self._decoding:
                fit = await asyncio.to_thread(_fit, path, made, _shortened(alt, limits.alt_length), limits)
            yield fit
        finally:
            made.unlink(missing_ok=True)


def _fit(path: Path, made: Path, alt: str, limits: FileLimits) -> tuple[File, Path]:
    """What is told of a file, and where it is. Raises Rejected if the network cannot have it."""
    type, size = _type_of(path), path.stat().st_size
    kind = kinds.kind_of(type)
    if kind != "image":
        _check_film(type, size, limits)
        return File(kind, type, size, alt), path
    pictures = importlib.import_module("bridgebot.files.pictures")  # and Pillow: only who sends pictures
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
        raise Rejected("file-too-large", most=f"{limits.video_bytes // 1_000_000} MB")


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
