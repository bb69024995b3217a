"""Which browser looks at our pages, what it brings along, and whether that counts."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs

from aiohttp import web
from yarl import URL

from bridgebot.store.links import LinkRequest
from bridgebot.store.vault import digest

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"[\x21-\x7e]{1,2048}")
_ERROR = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Answer:
    """With what the network sent the browser back."""

    code: str = field(repr=False)
    state: str = field(repr=False)
    issuer: str
    error: str


class Browsers:
    """Those that look at one kind of our pages, known by a cookie of that name, which no script reads.

    Lax: it has to come along when a network sends the browser back, or an address is opened from a chat.
    """

    def __init__(self, site: str, name: str) -> None:
        """`site` is where people reach the pages."""
        self._secure = site.startswith("https://")
        self._cookie = f"__Host-{name}" if self._secure else name
        self.origin = str(URL(site).origin())

    def known(self, request: web.Request) -> str | None:
        """What its cookie says, if it is one of ours; None: it has none."""
        said = request.cookies.get(self._cookie, "")
        return said if _COOKIE.fullmatch(said) else None

    def remember(self, response: web.Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self._cookie, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )

    def forget(self, response: web.Response) -> None:
        response.del_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")


async def came_from_form(request: web.Request, origin: str, token: str, browser: str) -> bool:
    """Whether the button of our own page was pressed in this browser. Our pages tell nobody where one comes
    from, for which browsers say `Origin: null`.
    """
    site, said = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin") or said not in (None, "null", origin):
        return False
    if request.content_type != "application/x-www-form-urlencoded":
        return False
    form = parse_qs((await request.read()).decode(errors="replace"))  # whatever charset it claims
    (proof, *_) = form.get("proof", [""])
    return hmac.compare_digest(proof.encode(errors="replace"), proof_of(token, browser).encode())


def refusal(found: LinkRequest | None, now: datetime, browser: str | None, answer: Answer) -> str | None:
    """Why what a browser brings back counts for nothing; None: it counts, or did so before. Pure."""
    if found is None:
        return "link-page-unknown"
    if not is_bound(found, browser):
        return "link-page-browser"
    if found.state != "sent":
        return None
    consent = found.kept.consent
    if found.expires_at <= now or consent is None:
        return "link-page-late"
    if not hmac.compare_digest(answer.state.encode(errors="replace"), found.kept.state.encode()):
        return "link-page-state"
    missing = consent.names_issuer and not answer.issuer
    if missing or (answer.issuer and consent.issuer and answer.issuer != consent.issuer):
        return "link-page-issuer"
    return None if answer.error or _CODE.fullmatch(answer.code) else "link-page-no-code"


def is_bound(found: LinkRequest, browser: str | None) -> bool:
    """Whether this is the browser in which the button was pressed."""
    return found.browser is not None and browser is not None and found.browser == digest(browser)


def answer_in(request: web.Request) -> Answer:
    """What the address says that the network sent the browser to."""
    said = request.query
    error = said.get("error", "")
    known = error if _ERROR.fullmatch(error) else "error" if error else ""
    return Answer(said.get("code", ""), said.get("state", ""), said.get("iss", ""), known)


def proof_of(token: str, browser: str) -> str:
    """What only this browser's own copy of the page can say."""
    return digest(f"{token} {browser}")


def wishes(header: str) -> list[str]:
    """The languages of an Accept-Language, the dearest first (RFC 9110, 12.5.4)."""
    found = []
    for part in header.split(","):
        name, _, weight = part.partition(";")
        try:
            found.append((float(weight.strip().removeprefix("q=") or 1), name.strip()))
        except ValueError:
            continue
    return [name for weight, name in sorted(found, key=lambda wish: -wish[0]) if weight > 0 and name]
