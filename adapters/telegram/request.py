"""The wire to a Bot API server: aiohttp instead of httpx, and the only place that holds the token.

The token is a part of every address, and python-telegram-bot writes addresses into its log and tokens
into its errors. So it is given a stand-in: `Wire` puts the real one in, and lets nothing out in which
it stands, neither as an error's cause nor as its context.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote

import aiohttp
from aiohttp import payload
from pydantic import SecretStr
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from adapters.telegram.failures import Reply, no_file, result, unclear
from adapters.telegram.naming import Me
from bridgebot.errors import AdapterError, Rejected, Temporary, Unconfirmed
from bridgebot.http import AddressRefused, patience
from bridgebot.model import Exhibit, File

T = TypeVar("T")

TIMEOUT: Final = 30.0  # seconds for a call that does not wait for people
STAND_IN: Final = "0:stand-in"  # all that python-telegram-bot ever learns of the token
_PIECE: Final = 1 << 16  # bytes of a file at a time
_PATIENCE: Final = aiohttp.ClientTimeout(total=600, sock_connect=10, sock_read=20)  # seconds for a file
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

# Below a warning it logs the texts of people.
logging.getLogger("telegram").setLevel(logging.WARNING)


class Told(TelegramError):
    """Carries an adapter's error through python-telegram-bot, which lets only its own kind pass."""

    def __init__(self, error: AdapterError) -> None:
        super().__init__(error.key)
        self.error = error


class Wire:
    """Calls the Bot API by the names of its methods."""

    patience = TIMEOUT

    def __init__(self, http: aiohttp.ClientSession, api: str, token: SecretStr) -> None:
        self._http = http
        self._api = api
        self._token = token

    async def call(
        self, method: str, parameters: Mapping[str, str] | None = None, *, timeout: float | None = None
    ) -> Any:
        """The result of a method. Parameters that are no strings are JSON."""
        reply = await self._exchange(method, _form(parameters or {}), _FORM, timeout or self.patience)
        return self._result(reply, method)

    async def bring(self, method: str, parameters: Mapping[str, str], files: Mapping[str, Exhibit]) -> Any:
        """The same with files beside the parameters, under the names by which these speak of them."""
        body = _multipart(parameters, files)
        size = sum(one.file.size for one in files.values())
        return self._result(await self._exchange(method, body, {}, patience(size)), method)

    def _result(self, reply: Reply | AdapterError, method: str) -> Any:
        if isinstance(reply, AdapterError):
            raise reply  # here, where nothing hangs on it that has the address in it
        return result(reply, method)

    async def _exchange(
        self, method: str, body: bytes | aiohttp.FormData, headers: Mapping[str, str], timeout: float
    ) -> Reply | AdapterError:
        limits = aiohttp.ClientTimeout(total=timeout, sock_connect=10)
        try:
            async with self._http.post(
                self._address(method), data=body, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                return Reply(answer.status, answer.headers, await answer.read())
        except AddressRefused as error:
            return Rejected("http-address-refused", host=error.host)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Temporary("telegram-unreachable", host=URL(self._api).host or "")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return unclear(method)

    async def file(self, path: str) -> AsyncIterator[bytes]:
        """What a file holds, by the path that `getFile` gave."""
        address = URL(f"{self._api}/file/bot{self._token.get_secret_value()}/{quote(path)}", encoded=True)
        error: AdapterError | None = None
        try:
            async with self._http.get(address, allow_redirects=False, timeout=_PATIENCE) as answer:
                error = no_file(answer.status)
                if error is None:
                    async for piece in answer.content.iter_chunked(_PIECE):
                        yield piece
        except AddressRefused as refused:
            error = Rejected("http-address-refused", host=refused.host)
        except (aiohttp.ClientError, TimeoutError, OSError):
            error = Temporary("telegram-no-answer")
        if error is not None:
            raise error  # here, where nothing hangs on it that has the address in it

    def _address(self, method: str) -> URL:
        return URL(f"{self._api}/bot{self._token.get_secret_value()}/{method}", encoded=True)


def _form(data: Mapping[str, str]) -> bytes:
    """As a form is sent. aiohttp makes the same, and for each one a random boundary that no form needs."""
    return URL.build(query=data).raw_query_string.encode()


class _Content(payload.AsyncIterablePayload):
    """A file of known length, read while it is sent."""

    def __init__(self, file: File, read: Callable[[], AsyncIterator[bytes]]) -> None:
        super().__init__(read(), content_type=file.type)
        self._size = file.size


def _multipart(parameters: Mapping[str, str], files: Mapping[str, Exhibit]) -> aiohttp.FormData:
    form = aiohttp.FormData(parameters, quote_fields=False)
    for name, exhibit in files.items():
        file = exhibit.file
        if exhibit.read is not None:
            ending = file.type.rpartition("/")[2]
            content = _Content(file, exhibit.read)
            form.add_field(name, content, filename=f"{name}.{ending}", content_type=file.type)
    return form


class BotRequest(BaseRequest):
    """What a `telegram.Bot` makes its requests with."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def read_timeout(self) -> float:
        return TIMEOUT

    async def initialize(self) -> None:
        """Nothing: the session belongs to the house."""

    async def shutdown(self) -> None:
        """Nothing, for the same reason."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        parameters = request_data.json_parameters if request_data else {}
        try:
            found = await self._wire.call(url.rpartition("/")[2], parameters)
        except AdapterError as error:
            told = Told(error)
        else:
            return 200, json.dumps({"ok": True, "result": found}).encode()
        raise told


def bot(wire: Wire) -> Bot:
    """The library's bot, which knows no token and opens no connection of its own."""
    request = BotRequest(wire)
    return Bot(STAND_IN, base_url="stand-in:", request=request, get_updates_request=request)


async def told(call: Awaitable[T], *, repeatable: bool = False) -> T:
    """The result of a bot's method; raises the errors of `bridgebot.errors`."""
    try:
        return await call
    except Told as told:
        error = told.error
    except (TelegramError, AttributeError, KeyError, TypeError, ValueError):
        # An answer that the library cannot read.
        error = Temporary("telegram-no-answer") if repeatable else Unconfirmed("telegram-unclear")
    raise error


async def who(wire: Wire, *, timeout: float | None = None) -> Me:
    """The bot itself, which proves the token."""
    user = await wire.call("getMe", timeout=timeout)
    match user:
        case {"id": int(id), "username": str(username)}:
            return Me(id, username)
    raise Temporary("telegram-no-answer")
