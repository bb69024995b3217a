"""The bot's own pages, each where people can reach it."""

from __future__ import annotations

from collections.abc import Callable

from bridgebot.dialog import House
from bridgebot.store import Store
from bridgebot.web import Web
from bridgebot.web.exports import Exports
from bridgebot.web.linking import LinkPages
from bridgebot.web.operators import OperatorsPage
from bridgebot.web.reader import ReadingPage, Receive


def serve(
    server: Web,
    store: Store,
    house: Callable[[], House],
    receive: Receive,
    delivered: Callable[[], None],
    site: str | None,
) -> None:
    """Declare them all. `site` is where people reach the bot; None: nowhere, and what is of use to people
    alone is not served.
    """
    routes = server.routes("bridgebot")
    Exports(store, house, delivered).serve(routes)
    OperatorsPage(routes, store, house)
    if site is not None:
        LinkPages(routes, store, house(), delivered, site)
        ReadingPage(routes, store, house, receive, delivered, site)
