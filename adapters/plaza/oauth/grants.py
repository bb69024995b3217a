"""`/oauth/token` and `/oauth/revoke`: a code becomes a token, and a token ends."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.problems import ApiError
from adapters.plaza.oauth.metadata import PATH as METADATA
from adapters.plaza.oauth.metadata import metadata
from adapters.plaza.scopes import spoken
from adapters.plaza.store import apps, tokens
from adapters.plaza.store.tokens import Offer
from adapters.plaza.throttle import Cap
from bridgebot.adapter import Context

TRIES = Cap("grants", 100, timedelta(minutes=5))  # of one address
# What is read here may come once; Mastodon.py sends other things, and some of those twice.
_READ = frozenset(
    {"grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "scope"}
)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, 4.1
_WORDS = {
    "invalid_client": "Client authentication failed due to unknown client, no client authentication "
    "included, or unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unauthorized_client": "You are not authorized to revoke this token",
    "invalid_request": "The request is missing a required parameter, includes an unsupported parameter "
    "value, or is otherwise malformed.",
}


def declare(door: Door, context: Context) -> None:
    async def where(call: Call) -> Reply:
        return Reply(metadata(context.routes.url))

    door.add("GET", METADATA, where)
    door.add("POST", "/oauth/token", _token, cap=TRIES)
    door.add("POST", "/oauth/revoke", _revoke, cap=TRIES)


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls, as it says; `secret` None: it shows none."""

    id: str
    secret: str | None = field(repr=False)


async def _token(call: Call) -> Reply:
    params = call.params
    if params.one("grant_type") != "authorization_code":
        raise _refused(400, "unsupported_grant_type")
    if params.twice & _READ:
        raise _refused(400, "invalid_request")
    client, answers, secret = _client(call), _answer(call), secrets.token_urlsafe(32)

    def unit(connection: Any, now: Any) -> tuple[frozenset[str] | None, int]:
        app = apps.proven(connection, client.id, client.secret)
        if app is None:
            raise _refused(401, "invalid_client")
        offer = Offer(app, params.one("code"), params.one("redirect_uri"), answers, client.secret is not None)
        return tokens.exchange(connection, now, offer, secret), int(now.timestamp())

    scopes, at = await call.database.run(unit)
    if scopes is None:
        raise _refused(400, "invalid_grant")
    body = {"access_token": secret, "token_type": "Bearer", "scope": spoken(scopes), "created_at": at}
    return Reply(body, headers={"Pragma": "no-cache"})


def _answer(call: Call) -> str | None:
    """What the verifier answers; one that is none answers nothing."""
    if not call.params.has("code_verifier"):
        return None
    verifier = call.params.one("code_verifier")
    if not _VERIFIER.fullmatch(verifier):
        return ""
    proof = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(proof).decode().rstrip("=")


async def _revoke(call: Call) -> Reply:
    client, secret = _client(call), call.params.one("token")

    def unit(connection: Any, now: Any) -> bool:
        app = apps.proven(connection, client.id, client.secret)
        return app is not None and tokens.revoke(connection, now, secret, app.id)

    if not await call.database.run(unit):
        raise _refused(403, "unauthorized_client")
    return Reply({})


def _client(call: Call) -> Client:
    """By Basic (RFC 6749, 2.3.1) or in the body, not by both."""
    params = call.params
    scheme, _, value = call.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return Client(params.one("client_id"), params.one("client_secret") or None)
    try:
        said = base64.b64decode(value.strip(), validate=True).decode()
    except ValueError:  # no base64, no UTF-8
        raise _refused(401, "invalid_client") from None
    name, _, secret = said.partition(":")
    client = Client(unquote_plus(name), unquote_plus(secret))
    if params.has("client_secret") or params.one("client_id") not in ("", client.id):
        raise _refused(400, "invalid_request")
    return client


def _refused(status: int, error: str) -> ApiError:
    return ApiError(status, error, error_description=_WORDS[error])
