"""Two pages of the bot's own: a file that is fetched once, and what is kept of people.

The address of a file is the only key to it, so nothing that merely looks at it may change anything: GET shows
a page, POST fetches. No other page can post here without knowing the address.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from html import escape

from aiohttp import web

from bridgebot import __version__, archive
from bridgebot.commands import export
from bridgebot.dialog import House, on_its_own
from bridgebot.store import Store, Tx, exports, people
from bridgebot.store.exports import Taken
from bridgebot.texts import negotiate
from bridgebot.web import OwnedRoutes

_STYLE = "body{font:1rem/1.6 sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;white-space:pre-line}"
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
_FILE = {
    "Content-Type": "application/zip",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}


class Exports:
    """Serves the two pages. The house is asked for each time: what it is may change while the bot runs."""

    def __init__(self, store: Store, house: Callable[[], House], delivered: Callable[[], None]) -> None:
        self._store = store
        self._house = house
        self._delivered = delivered

    def serve(self, routes: OwnedRoutes) -> None:
        routes.add("GET", export.PATH + "{token}", self._page)
        routes.add("POST", export.PATH + "{token}", self._fetch)
        routes.add("GET", "/privacy", self._privacy)

    async def _page(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if not await self._store.read(lambda tx, now: exports.is_offered(tx, now, token)):
            return self._gone(request)
        house, language = self._house(), _language(request)
        words = escape(house.texts(language, "export-page"))
        button = escape(house.texts(language, "export-page-button"))
        form = f'<form method="post"><button>{button}</button></form>'
        return _html(language, house.texts(language, "export-page-title"), f"<p>{words}</p>{form}")

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise web.HTTPForbidden
        token, house = request.match_info["token"], self._house()
        taken = await self._store.run(lambda tx, now: take(tx, now, house, token))
        if taken is None:
            return self._gone(request)
        self._delivered()
        return await self._send(request, *taken)

    async def _send(self, request: web.Request, taken: Taken, now: datetime) -> web.StreamResponse:
        name = f'attachment; filename="{archive.filename(now)}"'
        response = web.StreamResponse(headers=_FILE | {"Content-Disposition": name})
        await response.prepare(request)
        networks = self._house().networks.items()
        keeps = tuple(archive.kept(name, one.social) for name, one in networks)
        making = archive.Making(taken.user_id, now, __version__, keeps)
        async for piece in archive.stream(self._store, making):
            await response.write(piece)
        await response.write_eof()
        return response

    async def _privacy(self, request: web.Request) -> web.Response:
        house, language = self._house(), _language(request)
        lines = [house.texts(language, "privacy"), house.privacy]
        body = "".join(f"<p>{escape(words)}</p>" for words in lines if words)
        return _html(language, house.texts(language, "privacy-title"), body, keep="no-cache")

    def _gone(self, request: web.Request) -> web.Response:
        house, language = self._house(), _language(request)
        words = escape(house.texts(language, "export-page-gone"))
        return _html(language, house.texts(language, "export-page-title"), f"<p>{words}</p>", status=404)


def take(tx: Tx, now: datetime, house: House, token: str) -> tuple[Taken, datetime] | None:
    """Redeem an address, once, and tell whose it is that this was done."""
    taken = exports.take(tx, now, token)
    if taken is None:
        return None
    chat = people.chat_by_id(tx, taken.chat_id)
    export.served(on_its_own(tx, now, house, chat, taken.user_id))
    return taken, now


def _language(request: web.Request) -> str:
    wanted = request.headers.get("Accept-Language", "")
    return negotiate(wanted.partition(",")[0].partition(";")[0].strip() or None)


def _html(language: str, title: str, body: str, *, status: int = 200, keep: str = "no-store") -> web.Response:
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": keep,
        "Content-Language": language,
        "Vary": "Accept-Language",
    }
    return web.Response(status=status, text=page, content_type="text/html", headers=headers)
