"""What a rule carries is not brought to where its like stands: looked for here, and on the network.

What somebody else brought there is known to the network alone. So it is asked first, once, before the call
that publishes; afterwards what is found there may be what that call brought.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bridgebot import dialog, flow, model, render
from bridgebot.adapter import Network, SocialAdapter
from bridgebot.asking import EXCERPT, LONG_LIFE
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, Rejected, TargetGone, Unsupported, Withheld
from bridgebot.flow import circles
from bridgebot.likeness import BRIEFLY, SKEW, WINDOW, Said, alike, both_of
from bridgebot.model import TimelineKind
from bridgebot.store import Tx, deliveries, people, posts, routes
from bridgebot.store.rows import Account, Delivery, Post, Route

Payload = dict[str, Any]


def before(
    tx: Tx, delivery: Delivery, post: Post, account: Account, network: Network | None
) -> list[Payload]:
    """The call that looks whether the like of a post stands in an account, where a rule carries it there and
    the network can be asked. Raises Withheld where that is known already.
    """
    one = circles.errand(tx, delivery, post, account)
    if one is None:
        return []
    _must_not_stand(tx, one)
    able = network.social if network is not None else None
    if able is None or not flow.able(account, network, "latest") or TimelineKind.OWN not in able.timelines:
        return []
    return [{"op": deliveries.ABSENT, **_sought(tx, one, account)}]


def _sought(tx: Tx, one: circles.Errand, account: Account) -> Payload:
    """What is looked for: the post, and what is known of those that say the same."""
    known = circles.known_there(tx, one, account.server)
    return {
        "text": one.post.text,
        "at": one.post.created_at.isoformat(),
        "made_of": [[text.text, text.at.isoformat()] for text in circles.made_of(one)],
        "frames": list(one.frames),
        "briefly": circles.briefly(one, of_this_rule=False).total_seconds(),
        "known": list(known),
        "brought": [id for id, by_this_rule in known.items() if by_this_rule],
    }


def stands_there(tx: Tx, delivery: Delivery, post: Post) -> None:
    """Raises Withheld where a rule carries a post into a chat that has its like."""
    one = circles.errand(tx, delivery, post)
    if one is not None:
        _must_not_stand(tx, one)


def _must_not_stand(tx: Tx, one: circles.Errand) -> None:
    found = circles.withheld(tx, one)
    if found is None:
        return
    if found.like is None:
        raise Withheld(found.key)
    home = people.direct_chat(tx, one.route.user_id)
    number = posts.number(tx, home.id, found.like) if home is not None else 0
    raise Withheld(found.key, code=render.short_id(number))


async def is_absent(adapter: SocialAdapter[Any], account: model.Account, payload: Payload) -> None:
    """Raises Withheld if the account shows the like of a post; one that cannot be asked has none."""
    try:
        shown = await adapter.latest(model.Timeline(TimelineKind.OWN, account.server), account)
    except (Rejected, TargetGone, Unsupported):
        return
    for post in shown:
        if post.boost is None and _is_like(payload, post):
            raise Withheld(circles.THERE, url=post.url or "")


def _is_like(payload: Payload, post: model.Post) -> bool:
    """Whether this is the like of what is sought."""
    said, there = Said(payload["text"], _time(payload["at"])), Said(post.text, post.created_at)
    frames, made_of = payload["frames"], payload.get("made_of", ())  # not in rows of older versions
    return alike(said, there, frames, briefly=_briefly(payload, post)) or any(
        both_of(Said(text, _time(at)), said, there, frames) for text, at in made_of
    )


def _briefly(payload: Payload, post: model.Post) -> timedelta:
    """Within which time few words are a copy: what another house of this program wrote there, it likely
    carried there; what this rule brought is likely said anew.
    """
    if post.id in payload["brought"]:
        return BRIEFLY
    signed = (post.application or "").startswith(circles.PROGRAM) and post.id not in payload.get("known", ())
    if signed and post.created_at >= _time(payload["at"]) - SKEW:
        return WINDOW
    return timedelta(seconds=payload["briefly"])


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at)


# --- its owner is told -----------------------------------------------------------------------------


def tell(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    """What was withheld stands in the receipt of the post, with a button that carries it all the same. Where
    there is none its owner is asked; and when a rule goes round, its owner is asked.
    """
    if not isinstance(error, Withheld) or delivery.route_id is None or delivery.post_id is None:
        return
    route, post = routes.route(tx, delivery.route_id), posts.post(tx, delivery.post_id)
    if error.key == circles.CIRCLE and routes.pause(tx, route.id, now, why=circles.WHY):
        _ask(tx, now, house, route, post)
    chat = people.direct_chat(tx, route.user_id)
    if chat is None or deliveries.by_once(tx, f"receipt:{post.id}:{chat.id}") is not None:
        return
    exchange = dialog.on_its_own(tx, now, house, chat, route.user_id)
    why = exchange.text(error.key, **render.quoted(error.arguments))
    text = exchange.text("withheld", excerpt=_excerpt(post), place=_place(tx, house, route), why=why)
    options = ("carry", "stop-rule")
    exchange.ask(circles.ASKED, text, {"delivery": delivery.id}, options, life=LONG_LIFE)


def _ask(tx: Tx, now: datetime, house: House, route: Route, post: Post) -> None:
    chat = people.direct_chat(tx, route.user_id)
    if chat is None:
        return
    exchange = dialog.on_its_own(tx, now, house, chat, route.user_id)
    text = exchange.text("circle-ask", place=_place(tx, house, route), excerpt=_excerpt(post))
    exchange.ask(circles.WHY, text, {"route": route.id}, ("go-on", "stop-rule"), life=LONG_LIFE)


def _excerpt(post: Post) -> str:
    return render.one_line(render.foreign(post.text).replace("\n", " "), EXCERPT)


def _place(tx: Tx, house: House, route: Route) -> str:
    """Where a rule leads, as its owner calls it."""
    if route.account_id is not None:
        account = people.account(tx, route.account_id)
        return f"{house.title(account.adapter)} ({render.clean_name(account.name)})"
    chat = people.chat_by_id(tx, route.chat_id or 0)
    return render.clean_name(chat.title) or house.title(chat.adapter)
