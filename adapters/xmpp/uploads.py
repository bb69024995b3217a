"""The bot's own files: handed to the server's upload service, which gives an address for them (XEP-0363).

People's clients fetch them there, and not from wherever they came: nobody learns who reads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

import aiohttp
from aiohttp import payload

from adapters.xmpp.connection import Connection, Refused, Silent
from adapters.xmpp.names import DISCO, DISCO_ITEMS, FORM, UPLOAD, child, children, element
from bridgebot.errors import Rejected, Temporary
from bridgebot.http import AddressRefused, patience
from bridgebot.model import Exhibit, File

MOST_SERVICES: Final = 20  # of a server, that are asked whether they take files
_HEADERS: Final = ("authorization", "cookie", "expires")  # XEP-0363, 5: no other may be sent


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a file may be put, and where it then is."""

    put: str = field(repr=False)
    get: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)


class Uploads:
    """What one connection can hand over."""

    def __init__(self, connection: Connection, http: aiohttp.ClientSession) -> None:
        self._connection = connection
        self._http = http
        self._service: str | None = None  # "": the server has none
        self._most: int | None = None  # bytes of a file; None: it does not say

    async def put(self, exhibit: Exhibit, name: str) -> str:
        """The address of a file, once the service has it. Raises Rejected where it is not taken."""
        service = await self._found()
        if not service:
            raise Rejected("xmpp-no-uploads", server=self._connection.server)
        if self._most is not None and exhibit.file.size > self._most:
            raise Rejected("xmpp-upload-refused", why="file-too-large")
        slot = await self._slot(service, exhibit.file, name)
        await self._send(slot, exhibit)
        return slot.get

    async def _found(self) -> str:
        """The service, looked for once: the server itself, or what it names."""
        if self._service is None:
            server = self._connection.server
            for one in (server, *await self._items(server)):
                if await self._takes(one):
                    self._service = one
                    break
            else:
                self._service = ""
        return self._service

    async def _items(self, server: str) -> list[str]:
        answer = await self._asked(server, element(DISCO_ITEMS, "query"))
        query = None if answer is None else child(answer, DISCO_ITEMS, "query")
        items = [] if query is None else [one.get("jid", "") for one in children(query, DISCO_ITEMS, "item")]
        return [one for one in items if one][:MOST_SERVICES]

    async def _takes(self, jid: str) -> bool:
        answer = await self._asked(jid, element(DISCO, "query"))
        query = None if answer is None else child(answer, DISCO, "query")
        if query is None or UPLOAD not in [one.get("var") for one in children(query, DISCO, "feature")]:
            return False
        sizes = [_value(one) for form in children(query, FORM, "x") for one in children(form, FORM, "field")]
        self._most = next((int(size) for size in sizes if size.isascii() and size.isdigit()), None)
        return True

    async def _asked(self, jid: str, question: ET.Element) -> ET.Element | None:
        """None where it does not say."""
        try:
            return await self._connection.ask(jid, "get", question)
        except Refused:
            return None
        except Silent:
            raise Temporary("xmpp-unreachable", server=self._connection.server) from None

    async def _slot(self, service: str, file: File, name: str) -> Slot:
        wanted = {"filename": name, "size": str(file.size), "content-type": file.type}
        try:
            answer = await self._connection.ask(service, "get", element(UPLOAD, "request", **wanted))
        except Refused as error:  # too large, too much for today, not for the bot
            raise Rejected("xmpp-upload-refused", why=error.condition) from None
        except Silent:
            raise Temporary("xmpp-unreachable", server=self._connection.server) from None
        return _read(answer)

    async def _send(self, slot: Slot, exhibit: Exhibit) -> None:
        file, read = exhibit.file, exhibit.read
        if read is None:
            raise Rejected("xmpp-upload-refused", why="no content")
        timeout = aiohttp.ClientTimeout(total=patience(file.size), sock_connect=10)
        more = {"data": _Content(file, read()), "headers": slot.headers, "allow_redirects": False}
        problem = None
        try:
            async with self._http.put(slot.put, timeout=timeout, **more) as answer:  # type: ignore[arg-type]
                if answer.status not in (200, 201):
                    problem = Rejected("xmpp-upload-refused", why=f"HTTP {answer.status}")
        except AddressRefused as error:
            problem = Rejected("http-address-refused", host=error.host)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError):
            problem = Rejected("xmpp-upload-refused", why="no answer")
        if problem is not None:
            raise problem  # here, where nothing hangs on it that has the address in it


class _Content(payload.AsyncIterablePayload):
    """A file of known length, read while it is sent."""

    def __init__(self, file: File, pieces: AsyncIterator[bytes]) -> None:
        super().__init__(pieces, content_type=file.type)
        self._size = file.size


def _value(field: ET.Element) -> str:
    wanted = field.get("var") == "max-file-size"
    return (field.findtext(f"{{{FORM}}}value") or "") if wanted else ""


def _read(answer: ET.Element) -> Slot:
    slot = child(answer, UPLOAD, "slot")
    put = None if slot is None else child(slot, UPLOAD, "put")
    get = None if slot is None else child(slot, UPLOAD, "get")
    if put is None or get is None or not get.get("url", "").startswith(("https://", "http://")):
        raise Rejected("xmpp-upload-refused", why="no slot")
    headers = {one.get("name", ""): _line(one.text or "") for one in children(put, UPLOAD, "header")}
    kept = {name: value for name, value in headers.items() if name.lower() in _HEADERS}
    return Slot(put.get("url", ""), get.get("url", ""), kept)


def _line(value: str) -> str:
    """XEP-0363, 5: line breaks are taken out."""
    return value.replace("\r", "").replace("\n", "")
