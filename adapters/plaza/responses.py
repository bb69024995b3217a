"""Answers over HTTP, every one with its own guard."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from aiohttp import ETag, web

# Scripts and styles are files of this site; nothing inline ever runs, nothing can be sent anywhere.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
GUARD = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ASK_AGAIN = "no-cache"  # may be kept, but is asked for each time: a deletion shows at once
FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the content


def answer(
    request: web.Request,
    body: str | bytes,
    content_type: str,
    *,
    status: int = 200,
    modified: datetime | None = None,
    keep: str = ASK_AGAIN,
) -> web.Response:
    """A body with its ETag, or 304 where the reader has it already (RFC 9110, 13.1)."""
    content = body.encode() if isinstance(body, str) else body
    tag = hashlib.sha256(content).hexdigest()[:32]
    known = status == 200 and _has(request, tag, modified)
    response = web.Response(status=304 if known else status, headers={**GUARD, "Cache-Control": keep})
    if not known:
        response.body = content
        response.content_type = content_type
        response.charset = "utf-8"
    response.headers["Vary"] = "Accept-Language"
    if status == 200:
        response.etag = tag
        response.last_modified = modified
    return response


# What is shown by itself is nothing but a picture: no script, no style, no frame, whatever is in it.
_BARE = {
    **GUARD,
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",  # apps and other sites may show it
    "X-Robots-Tag": "noindex",
}


def picture(name: str, content: bytes | None, content_type: str, *, open: bool) -> web.Response:
    """A file that somebody handed in, as the type that it was found to be. `name` never gets another content,
    so None is enough where the reader has it (`has_picture`). `open`: whether caches on the way may keep it.
    """
    keep = ASK_AGAIN if open else f"private, {ASK_AGAIN}"
    shown = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": keep}
    answer = web.Response(status=304 if content is None else 200, headers={**_BARE, **shown})
    if content is not None:
        answer.body = content
        answer.content_type = content_type
    answer.etag = name
    return answer


def has_picture(request: web.Request, name: str) -> bool:
    return any(_same(one, name) for one in request.if_none_match or ())


def _has(request: web.Request, tag: str, modified: datetime | None) -> bool:
    if request.if_none_match is not None:
        return any(_same(one, tag) for one in request.if_none_match)
    since = request.if_modified_since
    return (
        since is not None
        and modified is not None
        and modified.astimezone(UTC).replace(microsecond=0) <= since
    )


def _same(one: ETag, tag: str) -> bool:
    return one.value in (tag, "*")
