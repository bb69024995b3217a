"""The one cookie, and the sign in every form that only the browser with that cookie can send.

A browser gets a random cookie with the first form, and another one when it signs in: so nobody can
prepare a cookie for somebody else (session fixation), and a form that another site sends on has no
sign that fits the cookie (CSRF), whoever is signed in or not.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from aiohttp import web

from adapters.plaza.store.browsers import SESSION_LIFE

_WELL_FORMED = 43  # characters of 256 bits in base64url


@dataclass(frozen=True, slots=True)
class Cookies:
    """How the cookie is called and set; `secure` where the site is reached by https."""

    secure: bool

    @property
    def name(self) -> str:
        """`__Host-` binds it to this host, to https and to the whole site (RFC 6265bis, 4.1.3.2)."""
        return "__Host-plaza" if self.secure else "plaza"

    def shown(self, request: web.Request) -> str | None:
        """The cookie that a browser shows."""
        value = request.cookies.get(self.name, "")
        return value if len(value) == _WELL_FORMED and value.isascii() else None

    def set(self, answer: web.Response, value: str) -> None:
        answer.set_cookie(
            self.name,
            value,
            max_age=int(SESSION_LIFE.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def drop(self, answer: web.Response) -> None:
        answer.del_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="Lax")


def fresh() -> str:
    """A new cookie."""
    return secrets.token_urlsafe(32)


def sign(cookie: str) -> str:
    """What a form carries for a browser with this cookie; the cookie cannot be made of it."""
    return hashlib.sha256(f"form:{cookie}".encode()).hexdigest()


def fits(cookie: str | None, given: str) -> bool:
    """Whether a form came from a page that this browser was given."""
    return cookie is not None and hmac.compare_digest(
        sign(cookie).encode(), given.encode("utf-8", "surrogatepass")
    )
