"""Apps on Plaza: they introduce themselves, are let in by somebody's browser, and call the API."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.servers.plaza_browser import Browser

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = "read write follow"


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Said:
    """An answer of the API."""

    status: int
    body: Any
    headers: dict[str, str]


class App:
    """An app that was introduced."""

    def __init__(self, http: aiohttp.ClientSession, base: str, made: dict[str, Any]) -> None:
        self._http = http
        self.base = base
        self.id: str = made["client_id"]
        self.secret: str = made["client_secret"]
        self.redirect: str = made["redirect_uris"][0]
        self.verifier = secrets.token_urlsafe(48)

    def asks(self, scope: str = SCOPES, *, proof: bool = True, **more: str | None) -> str:
        """The address that a browser is sent to."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect,
            "scope": scope,
        }
        if proof:
            fields |= {"code_challenge": challenge(self.verifier), "code_challenge_method": "S256"}
        known = {name: value for name, value in (fields | more).items() if value is not None}
        return f"{self.base}/oauth/authorize?{urlencode(known)}"

    async def exchanges(self, code: str, **more: str | None) -> Said:
        """Show a code for a token."""
        fields: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.id,
            "client_secret": self.secret,
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
        }
        known = {name: value for name, value in (fields | more).items() if value is not None}
        return await call(self._http, "POST", f"{self.base}/oauth/token", data=known)

    async def revokes(self, token: str, **more: str) -> Said:
        fields = {"client_id": self.id, "client_secret": self.secret, "token": token, **more}
        return await call(self._http, "POST", f"{self.base}/oauth/revoke", data=fields)

    async def token(self, browser: Browser, scope: str = SCOPES) -> str:
        """Be let in by whoever is signed in there."""
        answer = await browser.consents(self.asks(scope))
        code = answer.code if self.redirect == OUT_OF_BAND else answer.answer()["code"]
        got = await self.exchanges(code)
        assert got.status == 200, got
        token: str = got.body["access_token"]
        return token


async def call(http: aiohttp.ClientSession, method: str, url: str, **options: Any) -> Said:
    async with http.request(method, url, allow_redirects=False, **options) as answer:
        return Said(answer.status, await answer.json(content_type=None), dict(answer.headers))


async def introduce(
    http: aiohttp.ClientSession, base: str, *redirects: str, scopes: str = SCOPES, **more: Any
) -> App:
    """An app that Plaza knows from now on."""
    new = {
        "client_name": "A second client",
        "redirect_uris": list(redirects) or [OUT_OF_BAND],
        "scopes": scopes,
        **more,
    }
    made = await call(http, "POST", f"{base}/api/v1/apps", json=new)
    assert made.status == 200, made
    return App(http, base, made.body)


class Caller:
    """Somebody's app, with its token."""

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str | None) -> None:
        self._http = http
        self.base = base
        self.token = token

    async def __call__(self, method: str, path: str, **options: Any) -> Said:
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return await call(self._http, method, f"{self.base}{path}", headers=headers, **options)

    async def get(self, path: str) -> Any:
        said = await self("GET", path)
        assert said.status == 200, said
        return said.body

    async def post(self, path: str, **fields: Any) -> Any:
        said = await self("POST", path, json=fields)
        assert said.status == 200, said
        return said.body

    async def writes(self, text: str, **fields: Any) -> Any:
        return await self.post("/api/v1/statuses", status=text, **fields)

    async def ids(self, path: str) -> list[str]:
        return [one["id"] for one in await self.get(path)]
