"""`/admin stats`: the service's own figures, in the chat or on a page."""

from __future__ import annotations

from typing import Any

from bridgebot.commands.operator.answers import Done, refused
from bridgebot.dialog import House, Talk
from bridgebot.store import figures, passes

PATH = "/operators"
_PAGE = ("page", "页面", "网页")


def stats(exchange: Talk, rest: str) -> Done:
    """`stats`, `stats page`: an address for ten minutes, that works once."""
    if rest.lower() in _PAGE:
        return _page(exchange)
    found = figures.look(exchange.tx, exchange.now)
    exchange.write("\n".join(lines(exchange.house, exchange.language, found)))
    return Done()


def lines(house: House, language: str, found: dict[str, Any]) -> list[str]:
    """The figures in words. Pure."""
    users, new, shares = found["users"], found["registered"], found["shares"]
    say = house.texts
    told = [
        say(
            language,
            "stats-users",
            number=users["all"],
            operators=users["operators"],
            blocked=users["blocked"],
        ),
        say(language, "stats-new", day=new["24_hours"], week=new["7_days"], month=new["30_days"]),
        say(language, "stats-active", number=users["active_30_days"], share=percent(shares["active"])),
        say(language, "stats-syncing", number=users["syncing"], share=percent(shares["syncing"])),
    ]
    for one in found["targets"]:
        posts, synced = one["posts_30_days"], one["synced_30_days"]
        told.append(
            say(language, "stats-target", network=house.title(one["network"]), posts=posts, synced=synced)
        )
    for month, sent in list(found["months"].items())[-3:]:
        told.append(say(language, "stats-month", month=month, **sent))
    return told


def percent(share: float) -> str:
    """A share as people read it. Pure."""
    return f"{share * 100:.0f} %"


def _page(exchange: Talk) -> Done:
    base = exchange.house.web
    if base is None:
        exchange.say("stats-no-page")
        return refused("page")
    secret = passes.invite(exchange.tx, exchange.now, exchange.user.id)
    url = f"{base}{PATH}/enter/{secret}"
    exchange.hand_over(exchange.text("stats-page", url=url, minutes=10))
    return Done("page")
