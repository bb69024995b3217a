"""What a rule carried of somebody else's: its owner is told, and can take it back.

A post of one's own has a receipt for that. What one boosts, and what a channel forwards, is nobody's here.
"""

from __future__ import annotations

from datetime import datetime

from bridgebot import dialog, flow, render
from bridgebot.asking import EXCERPT, LONG_LIFE
from bridgebot.commands import circles
from bridgebot.dialog import House
from bridgebot.outbox import carried
from bridgebot.store import Tx, people, posts, routes
from bridgebot.store.rows import Delivery


def tell(tx: Tx, now: datetime, house: House, create: Delivery) -> None:
    """Say that it stands there, with [Take it back] and [Stop this rule]."""
    whose = create.arguments.get(flow.WHOSE)
    if whose is None or create.action != "create" or create.account_id is None or create.route_id is None:
        return
    post, route = posts.post(tx, create.post_id or 0), routes.route(tx, create.route_id)
    chat = people.direct_chat(tx, route.user_id)
    if chat is None or post.user_id == route.user_id:  # a receipt says it
        return
    exchange = dialog.on_its_own(tx, now, house, chat, route.user_id)
    copies = posts.copies_of_delivery(tx, create.id)
    text = exchange.text(
        "theirs-carried",
        who=render.clean_name(whose),
        place=carried.place(tx, house, create, exchange.language)[0],
        excerpt=render.one_line(render.foreign(post.text).replace("\n", " "), EXCERPT),
        url=render.clean_url(copies[0].url or "") if copies else "",
    )
    options = ("undo", "stop-rule")
    exchange.ask(circles.THEIRS, text.rstrip(), {"delivery": create.id}, options, hint=False, life=LONG_LIFE)
