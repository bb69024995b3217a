"""What an app asks for at `/oauth/authorize`, held against what it said when it was introduced. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.plaza.api.params import Params
from adapters.plaza.oauth.redirects import OUT_OF_BAND
from adapters.plaza.scopes import parsed, within
from adapters.plaza.store.apps import App

FIELDS = (
    *("response_type", "client_id", "redirect_uri", "scope", "state"),
    *("code_challenge", "code_challenge_method"),
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # a SHA-256 in base64url
_STATE_AT_MOST = 4000


class Strange(Exception):
    """Who asks is not known, or where to answer: the browser is sent nowhere. Holds a text's key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that can be answered: by a question to the person, or by its error."""

    app: App
    redirect: str
    state: str | None
    scopes: frozenset[str]
    challenge: str | None
    fields: dict[str, str]  # as they came, for the form
    error: str = ""  # OAuth's word for what is wrong with it

    @property
    def shows_code(self) -> bool:
        return self.redirect == OUT_OF_BAND


def asked(params: Params, app: App | None) -> Asked:
    """Raises Strange."""
    if app is None or "client_id" in params.twice:
        raise Strange("app-unknown")
    redirect = params.one("redirect_uri")
    if redirect not in app.redirects or "redirect_uri" in params.twice:
        raise Strange("redirect-unknown")
    fields = {name: params.one(name) for name in FIELDS if params.has(name)}
    scopes = parsed(params.one("scope"))
    return Asked(
        app=app,
        redirect=redirect,
        state=fields.get("state"),
        scopes=scopes or frozenset(),
        challenge=fields.get("code_challenge"),
        fields=fields,
        error=_error(params, app, scopes),
    )


def _error(params: Params, app: App, scopes: frozenset[str] | None) -> str:
    if params.twice & set(FIELDS) or len(params.one("state")) > _STATE_AT_MOST:
        return "invalid_request"
    if params.one("response_type") != "code":
        return "unsupported_response_type"
    if scopes is None or not within(scopes, app.scopes):
        return "invalid_scope"
    return "" if _is_proof(params) else "invalid_request"


def _is_proof(params: Params) -> bool:
    """PKCE with S256, or none: `plain` proves nothing to whoever has seen the request."""
    if not params.has("code_challenge") and not params.has("code_challenge_method"):
        return True
    fits = _CHALLENGE.fullmatch(params.one("code_challenge")) is not None
    return fits and params.one("code_challenge_method") == "S256"
