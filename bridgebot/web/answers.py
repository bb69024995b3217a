"""What every answer of the web server has in common: headers, error pages, a line in the log."""

from __future__ import annotations

import logging
import time

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from bridgebot.errors import StoreError
from bridgebot.log import Log
from bridgebot.texts import Texts, negotiate

# A handler's own headers stay: Plaza's pages allow their own style and script.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
UNMATCHED = "-"  # in the log, for what matches no route

# Where a request keeps the response whose headers were sent.
_STARTED = web.RequestKey("started", web.StreamResponse)

# What machines ask every few seconds: a line for each would be most of an idle bot's log.
PROBES = ("/healthz", "/readyz", "/metrics")

_log = Log("bridgebot.web")
SERVER_LOG = logging.getLogger("bridgebot.web.server")  # what aiohttp has to say of a connection
_WORDS = {404: "web-not-found", 405: "web-not-allowed", 413: "web-too-large"}


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether an error is one of this side. Requests that are no HTTP come from whoever tries doors; they are
    refused, and a line for each would only fill the log.
    """
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


SERVER_LOG.addFilter(_is_ours)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: also streams and error pages pass here."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "bridgebot"
    request[_STARTED] = response


def around_every_request(texts: Texts) -> Middleware:
    """The one middleware: a handler's error becomes a plain page, and the log gets one line."""

    @web.middleware
    async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
        begun = time.perf_counter()
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = _page(request, error, texts)
        except Exception as error:
            response = _failed(request, error, texts)
        asked_often = pattern(request) in PROBES and response.status < 400
        _log.log(
            logging.DEBUG if asked_often else logging.INFO,
            "request",
            method=request.method,
            route=pattern(request),
            status=response.status,
            ms=round((time.perf_counter() - begun) * 1000),
        )
        return response

    return around


def _failed(request: web.Request, error: Exception, texts: Texts) -> web.StreamResponse:
    started: web.StreamResponse | None = request.get(_STARTED)
    # Who was reading left, or who was sending: no news.
    gone = isinstance(error, ConnectionError) and (started is not None or request.transport is None)
    if not gone and not isinstance(error, StoreError):  # of the database the operator was told once
        _log.error("handler failed", route=pattern(request), exc_info=error)
    if started is None and gone:
        return _plain(request, 400, "web-refused", texts)  # for the log: nobody is there to read it
    if started is None and isinstance(error, StoreError):
        return _plain(request, 503, "web-failed", texts)
    if started is None:
        return _plain(request, 500, "web-failed", texts)
    if request.transport is not None:
        request.transport.close()  # half an answer must not look like a whole one
    return started


def pattern(request: web.Request) -> str:
    """The pattern of the route, never the path: `/@{name}/{number}`."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED


def _page(request: web.Request, error: web.HTTPException, texts: Texts) -> web.StreamResponse:
    """A handler's own page stays; aiohttp's default one becomes ours, in the reader's language."""
    if error.status < 400 or error.text != f"{error.status}: {error.reason}":
        return error
    page = _plain(request, error.status, _WORDS.get(error.status, "web-refused"), texts)
    if "Allow" in error.headers:
        page.headers["Allow"] = error.headers["Allow"]
    return page


def _plain(request: web.Request, status: int, key: str, texts: Texts) -> web.Response:
    wanted = request.headers.get("Accept-Language", "")
    language = negotiate(wanted.partition(",")[0].partition(";")[0].strip() or None)
    headers = {"Content-Language": language, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    return web.Response(status=status, text=texts(language, key) + "\n", headers=headers)
