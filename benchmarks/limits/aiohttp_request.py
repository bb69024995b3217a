"""python-telegram-bot's own way to another HTTP library: its `BaseRequest`, over bare aiohttp."""

from __future__ import annotations

from typing import Any

import aiohttp
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 64


class AiohttpRequest(BaseRequest):
    """The least that the library asks for."""

    def __init__(self) -> None:
        self._http: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return 20

    async def initialize(self) -> None:
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))

    async def shutdown(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        assert self._http is not None
        data = request_data.json_parameters if request_data else None
        async with self._http.request(method, url, data=data) as answer:
            return answer.status, await answer.read()
