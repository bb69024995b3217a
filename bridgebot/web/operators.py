"""The operators' page: the service's own figures, for whoever comes with a one-time address from the chat.

Asking for an address changes nothing, for clients fetch what they are sent; the button does. For everybody
else there is no such page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from aiohttp import web

from bridgebot.adapter import Routes
from bridgebot.commands.operator.figures import PATH, percent
from bridgebot.dialog import House
from bridgebot.store import Store, figures, passes
from bridgebot.texts import negotiate
from bridgebot.web.answers import HEADERS

COOKIE = "bridgebot_operator"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "button{font:inherit;padding:.4rem 1rem}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#444}}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


class OperatorsPage:
    """Declares its routes; `house` is asked for at each request, for it may change."""

    def __init__(self, routes: Routes, store: Store, house: Callable[[], House]) -> None:
        self._routes = routes
        self._store = store
        self._house = house
        routes.add("GET", PATH, self.show)
        routes.add("POST", f"{PATH}/leave", self.leave)
        routes.add("GET", f"{PATH}/enter/{{secret}}", self.ask)
        routes.add("POST", f"{PATH}/enter/{{secret}}", self.enter)

    async def ask(self, request: web.Request) -> web.Response:
        """The address was opened, by a person or by what looks at links for them: nothing happens yet."""
        secret = request.match_info["secret"]
        known = await self._store.read(lambda tx, now: passes.whose(tx, now, secret, passes.ADDRESS))
        say = self._voice(request)
        if known is None:
            return self._page(request, f"<p>{say('stats-over')}</p>", status=404)
        form = f'<form method="post"><button>{say("stats-enter-button")}</button></form>'
        return self._page(request, f"<p>{say('stats-enter')}</p><p>{say('stats-enter-why')}</p>{form}")

    async def enter(self, request: web.Request) -> web.Response:
        """The button: the address becomes a cookie, once."""
        secret = request.match_info["secret"]
        cookie = await self._store.run(lambda tx, now: passes.enter(tx, now, secret))
        if cookie is None:
            return self._page(request, f"<p>{self._voice(request)('stats-over')}</p>", status=404)
        answer = web.Response(status=303, headers={"Location": PATH, "Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE,
            cookie,
            path=PATH,
            max_age=int(passes.LIVES[passes.COOKIE].total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=self._is_https(),
        )
        return answer

    async def show(self, request: web.Request) -> web.Response:
        """The figures, for who has the cookie and is an operator still."""
        cookie = request.cookies.get(COOKIE, "")
        found = await self._store.read(
            lambda tx, now: (
                figures.look(tx, now) if passes.whose(tx, now, cookie, passes.COOKIE) is not None else None
            )
        )
        if found is None:
            raise web.HTTPNotFound
        return self._page(request, self._figures(request, found, _token(cookie)))

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out, by this page's own form."""
        cookie, given = request.cookies.get(COOKIE, ""), (await request.post()).get("token", "")
        if not hmac.compare_digest(str(given).encode(), _token(cookie).encode()):
            raise web.HTTPForbidden
        await self._store.run(lambda tx, now: passes.end(tx, cookie))
        answer = web.Response(status=303, headers={"Location": "/", "Cache-Control": "no-store"})
        answer.del_cookie(COOKIE, path=PATH)
        return answer

    # --- how it looks ---

    def _is_https(self) -> bool:
        return self._routes.url("/").startswith("https:")

    def _voice(self, request: web.Request) -> Callable[[str], str]:
        language = _language(request)
        return lambda key: escape(self._house().texts(language, key))

    def _page(self, request: web.Request, body: str, *, status: int = 200) -> web.Response:
        title, language = self._voice(request)("stats-title"), _language(request)
        text = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
            f"<title>{title}</title><style>{_STYLE}</style></head>"
            f"<body><main><h1>{title}</h1>{body}</main></body></html>"
        )
        headers = {
            **HEADERS,
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Content-Language": language,
            "Vary": "Accept-Language",
        }
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)

    def _figures(self, request: web.Request, found: dict[str, Any], token: str) -> str:
        say = self._voice(request)
        leave = (
            f'<form method="post" action="{PATH}/leave"><input type="hidden" name="token" value="{token}">'
            f"<button>{say('stats-leave-button')}</button></form>"
        )
        return (
            f"<h2>{say('stats-head-users')}</h2>{self._users(say, found)}"
            f"<h2>{say('stats-head-targets')}</h2>{self._targets(say, found)}"
            f"<h2>{say('stats-head-months')}</h2>{self._months(say, found)}{leave}"
        )

    def _users(self, say: Callable[[str], str], found: dict[str, Any]) -> str:
        users, new, shares = found["users"], found["registered"], found["shares"]
        return _table(
            (),
            [
                (say("stats-row-all"), users["all"]),
                (say("stats-row-operators"), users["operators"]),
                (say("stats-row-blocked"), users["blocked"]),
                (say("stats-row-new"), f"{new['24_hours']} / {new['7_days']} / {new['30_days']}"),
                (say("stats-row-active-week"), users["active_7_days"]),
                (say("stats-row-active-month"), f"{users['active_30_days']} ({percent(shares['active'])})"),
                (say("stats-row-syncing"), f"{users['syncing']} ({percent(shares['syncing'])})"),
            ],
        )

    def _targets(self, say: Callable[[str], str], found: dict[str, Any]) -> str:
        sent = {one["network"]: one for one in found["targets"]}
        names = [*sent, *(name for name in found["accounts"] if name not in sent)]
        rows = [
            (
                escape(self._house().title(name)),
                found["accounts"].get(name, 0),
                sent[name]["posts_30_days"] if name in sent else 0,
                sent[name]["synced_30_days"] if name in sent else 0,
            )
            for name in names
        ]
        return _table(
            (
                say("stats-column-network"),
                say("stats-column-accounts"),
                say("stats-column-posts"),
                say("stats-column-synced"),
            ),
            rows,
        )

    def _months(self, say: Callable[[str], str], found: dict[str, Any]) -> str:
        head = (
            say("stats-column-month"),
            say("stats-column-posted"),
            say("stats-column-synced"),
            say("stats-column-shown"),
        )
        months = reversed(found["months"].items())
        return _table(head, [(month, one["posted"], one["synced"], one["shown"]) for month, one in months])


def _token(cookie: str) -> str:
    """What the form of a page says that was made for this cookie: no other site knows it."""
    return hashlib.sha256(f"leave {cookie}".encode()).hexdigest()


def _table(head: Iterable[str], rows: Iterable[Iterable[str | int]]) -> str:
    """Cells that are HTML already; the first of each row is what the others are about."""
    titles = "".join(
        f'<th scope="col"{"" if first == 0 else " class=n"}>{cell}</th>' for first, cell in enumerate(head)
    )
    lines = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{cell}</th>' if place == 0 else f'<td class="n">{cell}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table>{f'<thead><tr>{titles}</tr></thead>' if titles else ''}<tbody>{lines}</tbody></table>"


def _language(request: web.Request) -> str:
    wanted = request.headers.get("Accept-Language", "")
    return negotiate(wanted.partition(",")[0].partition(";")[0].strip() or None)
