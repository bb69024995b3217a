"""`POST /api/v1/apps`: a program introduces itself. That alone lets it do nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import regex

from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.params import Params
from adapters.plaza.api.problems import ApiError
from adapters.plaza.oauth import redirects
from adapters.plaza.scopes import parsed
from adapters.plaza.store import apps
from adapters.plaza.store.apps import NewApp
from adapters.plaza.throttle import Cap

APPS = Cap("apps", 30, timedelta(hours=1))  # of one address
_NAME_AT_MOST = 60
_WEBSITE_AT_MOST = 2000
# Nothing in a name may turn the words around it, hide, or begin another line.
_UNSEEN = regex.compile(r"[\p{C}\p{Zl}\p{Zp}]+")


def declare(door: Door) -> None:
    door.add("POST", "/api/v1/apps", _register, cap=APPS)


async def _register(call: Call) -> Reply:
    new = introduced(call.params)
    client_id, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    made = await call.database.run(
        lambda connection, now: apps.register(connection, now, new, client_id, secret)
    )
    return Reply(
        {
            "id": str(made.id),
            "name": made.name,
            "website": made.website,
            "scopes": sorted(made.scopes),
            "redirect_uris": list(made.redirects),
            "redirect_uri": "\n".join(made.redirects),
            "client_id": client_id,
            "client_secret": secret,
            "client_secret_expires_at": 0,
            "vapid_key": "",
        }
    )


def introduced(params: Params) -> NewApp:
    """What a program says of itself, checked. Pure. Raises ApiError."""
    name = " ".join(_UNSEEN.sub(" ", params.one("client_name")).split())[:_NAME_AT_MOST]
    if not name:
        raise _invalid("Application name can't be blank")
    listed = isinstance(params.values.get("redirect_uris"), list)
    addresses = params.many("redirect_uris") if listed else tuple(params.one("redirect_uris").split())
    if not addresses:
        raise _invalid("Redirect URI can't be blank")
    if len(addresses) > redirects.MOST or not all(redirects.is_good(one) for one in addresses):
        raise _invalid("Redirect URI must be https, of this machine, of an app's own scheme, or out of band")
    scopes = parsed(params.one("scopes"))
    if scopes is None:
        raise _invalid("Scopes doesn't match configured on the server.")
    return NewApp(name, _website(params.one("website")), tuple(dict.fromkeys(addresses)), scopes)


def _website(text: str) -> str | None:
    """Shown as words, never as a link: nobody here knows whose it is."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        raise _invalid("Website must be a valid URL") from None
    if not text.strip():
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > _WEBSITE_AT_MOST:
        raise _invalid("Website must be a valid URL")
    return str(_UNSEEN.sub("", text.strip()))


def _invalid(words: str) -> ApiError:
    return ApiError(422, f"Validation failed: {words}")
