"""Everything of one user to take along: a zip with JSON, Atom, CSV and pictures, written while it is read.

Never more than one page of posts is in memory. Pages are read beside the writer, and are made into text and
compressed in a thread, so that neither the loop nor the writer waits, however much somebody wrote.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any, cast

from bridgebot import outline
from bridgebot.adapter import KeptFiles
from bridgebot.archive import atom, document, table
from bridgebot.store import Store, Tx, mine, routes
from bridgebot.store.mine import Record

CHUNK = 64 * 1024  # bytes that are gathered before they are handed on
NAME = "bridgebot-export"  # of the file, before the day
_README = """\
export.json  everything; the schema is in bridgebot's documentation: docs/export.md
posts.atom   posts and memos for feed readers and blogs (RFC 4287)
posts.csv    posts and memos for spreadsheets, UTF-8
feeds.opml   the feeds, for other feed readers (OPML 2.0)
files/       pictures that lie with bridgebot itself, of each network that is part of it

Other pictures and films are not in here: bridgebot keeps their addresses only, which stand with the posts.
这个文件里有机器人保存的属于你的一切：export.json 是全部，posts.atom 和 posts.csv 是帖子和备忘，
files/ 是存放在机器人这里的图片。
"""


def filename(now: datetime) -> str:
    """`bridgebot-export-2026-11-30.zip`."""
    return f"{NAME}-{now:%Y-%m-%d}.zip"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an adapter keeps in tables of its own: each with the column that holds an account's native id."""

    adapter: str
    tables: tuple[tuple[str, str], ...] = ()
    files: tuple[KeptFiles, ...] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """What is made: whose, when, by which version, and what adapters keep."""

    user_id: int
    at: datetime
    version: str
    keeps: tuple[Keeping, ...] = ()


def kept(adapter: str, able: Any) -> Keeping:
    """What an adapter with these capabilities keeps, for `Making.keeps`."""
    return Keeping(adapter, getattr(able, "keeps", ()), getattr(able, "keeps_files", ()))


async def stream(store: Store, making: Making) -> AsyncIterator[bytes]:
    """The zip, piece by piece. Raises StoreError; LookupError where there is no such user."""
    sink = _Sink()
    archive = zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED, compresslevel=6)
    entry = _Entry(archive, making.at)
    async for name, make in _pieces(store, making):
        await asyncio.to_thread(entry.write, name, make)
        if sink.size >= CHUNK:
            yield sink.take()
    await asyncio.to_thread(entry.finish)
    yield sink.take()


Make = Callable[[], str | bytes]  # makes what is written of what was read: in the thread
Piece = tuple[str, Make]  # which file goes on, and with what


async def _pieces(store: Store, making: Making) -> AsyncIterator[Piece]:
    user_id = making.user_id
    head = await store.read(lambda tx, now: document.head(tx, user_id))
    yield "README.txt", lambda: _README
    async for make in _document(store, making, partial(document.begin, head, making.at, making.version)):
        yield "export.json", make
    yield "posts.atom", partial(atom.begin, head, making.at)
    async for page in _pages(store, user_id):
        yield "posts.atom", partial(atom.entries, head, page)
    yield "posts.atom", atom.end
    yield "posts.csv", table.begin
    async for page in _pages(store, user_id):
        yield "posts.csv", partial(table.lines, page)
    feeds = await store.read(lambda tx, now: routes.feeds(tx, user_id))
    yield "feeds.opml", lambda: outline.written(head.author, [outline.Entry(*feed) for feed in feeds])
    async for name, make in _files(store, making):
        yield name, make


async def _document(store: Store, making: Making, begin: Make) -> AsyncIterator[Make]:
    """The JSON: what there is little of, then page after page."""
    yield begin
    async for make in _items(_pages(store, making.user_id)):
        yield make
    yield document.between
    own = [(one.name, _records(store, making.user_id, n)) for n, (one, _) in enumerate(mine.other_tables())]
    theirs = [
        (f"{one.adapter}/{table}", _kept(store, making.user_id, one.adapter, table, column))
        for one in making.keeps
        for table, column in one.tables
    ]
    for number, (name, pages) in enumerate([*own, *theirs]):
        yield partial(document.begin_records, name, first=number == 0)
        async for make in _items(pages):
            yield make
        yield document.end_records
    yield document.end


async def _items(pages: AsyncIterator[list[Record]]) -> AsyncIterator[Make]:
    first = True
    async for page in pages:
        yield partial(document.items, page, first=first)
        first = False


async def _pages(store: Store, user_id: int) -> AsyncIterator[list[Record]]:
    after = 0
    while page := await store.read(partial(_page, user_id, after)):
        yield page
        after = page[-1]["id"]


def _page(user_id: int, after: int, tx: Tx, now: datetime) -> list[Record]:
    return mine.posts(tx, user_id, after)


async def _records(store: Store, user_id: int, number: int) -> AsyncIterator[list[Record]]:
    page, after = await store.read(partial(_some_records, user_id, number, None))
    while page:
        yield page
        if after is None:
            return
        page, after = await store.read(partial(_some_records, user_id, number, after))


def _some_records(user_id: int, number: int, after: Any, tx: Tx, now: datetime) -> tuple[list[Record], Any]:
    return mine.records(tx, user_id, number, after)


async def _kept(
    store: Store, user_id: int, adapter: str, table: str, column: str
) -> AsyncIterator[list[Record]]:
    offset = 0
    while page := await store.read(partial(_some_kept, user_id, adapter, table, column, offset)):
        yield page
        offset += len(page)


def _some_kept(
    user_id: int, adapter: str, table: str, column: str, offset: int, tx: Tx, now: datetime
) -> list[Record]:
    return mine.kept_by_adapter(tx, user_id, adapter, table, column, offset)


async def _files(store: Store, making: Making) -> AsyncIterator[Piece]:
    """What lies with an adapter, one file after another: never more than one is in memory."""
    for keeping, where in ((one, where) for one in making.keeps for where in one.files):
        owners = (making.user_id, keeping.adapter)
        for name in await store.read(partial(_names, owners, where)):
            content = await store.read(partial(_content, owners, where, name))
            if content is not None:  # it may have gone meanwhile
                yield f"files/{keeping.adapter}/{PurePosixPath(name).name}", partial(bytes, content)


def _names(owners: tuple[int, str], where: KeptFiles, tx: Tx, now: datetime) -> list[str]:
    return mine.files_of_adapter(tx, *owners, where)


def _content(owners: tuple[int, str], where: KeptFiles, name: str, tx: Tx, now: datetime) -> bytes | None:
    return mine.file_of_adapter(tx, *owners, where, name)


# --- the zip -----------------------------------------------------------------------------------


class _Entry:
    """The file in the zip that is being written; one at a time."""

    def __init__(self, archive: zipfile.ZipFile, made_at: datetime) -> None:
        self._archive = archive
        self._made_at = made_at
        self._name = ""
        self._file: Any = None

    def write(self, name: str, make: Make) -> None:
        if name != self._name:
            self._close()
            info = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16  # for its owner alone, where it is unpacked
            self._name, self._file = name, self._archive.open(info, "w")
        made = make()  # half a character is none
        self._file.write(made if isinstance(made, bytes) else made.encode("utf-8", "replace"))

    def finish(self) -> None:
        self._close()
        self._archive.close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


class _Sink:
    """Where the zip is written: what comes is handed on, nothing can be read or sought."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes, /) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken
