"""What a browser can do with an attempt to link. It knows an attempt by a secret that only its digest is
stored of; the cookie of the first browser that presses the button binds the attempt to it.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bridgebot.store import links
from bridgebot.store import tables as t
from bridgebot.store.links import LinkRequest
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest


def by_page(tx: Tx, token: str) -> LinkRequest | None:
    """The attempt that the address in the chat leads to."""
    return next(iter(links.found(tx, t.link_request.c.page == digest(token))), None)


def by_redirect(tx: Tx, back: str) -> LinkRequest | None:
    """The attempt that this redirect is the own address of."""
    return next(iter(links.found(tx, t.link_request.c.back == digest(back))), None)


def bind(tx: Tx, now: datetime, request: LinkRequest, browser: str) -> bool:
    """The button was pressed in this browser. False where another one was first, or it is too late."""
    c = t.link_request.c
    first = sa.or_(c.browser.is_(None), c.browser == digest(browser))
    where = (c.id == request.id, c.state == "sent", c.expires_at > now, first)
    return tx.update(t.link_request, *where, browser=digest(browser)) == 1


def came_back(tx: Tx, request: LinkRequest, code: str) -> bool:
    """The network sent the browser back with a code: the adapter's turn. False where it came before."""
    tx.news.add("link")
    return links.move(tx, request, "sent", "step", links.replace(request.kept, answer=code))
