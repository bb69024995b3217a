"""What a rule did not carry, and whether one goes on that seemed to go round: its owner says."""

from __future__ import annotations

from typing import Any

from bridgebot import flow
from bridgebot.dialog import Talk
from bridgebot.flow.circles import WHY
from bridgebot.store import deliveries, routes

THEIRS = "theirs"  # of what kind the offer is to take back what a rule carried of somebody else's


def answered(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Go on] from now on, or [Stop this rule]; unless that was settled otherwise meanwhile."""
    route = routes.route(exchange.tx, arguments["route"])
    rests_for_that = route.state == routes.PAUSED and routes.paused(route)[1] == WHY
    if route.user_id != exchange.user.id or not rests_for_that:
        exchange.say("question-over")
    elif option == "go-on":
        routes.resume(exchange.tx, exchange.now, route.id)
        exchange.say("circle-on")
    else:
        _stop(exchange, route.id)


def about_post(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Carry it on] all the same, or [Stop this rule]."""
    withheld = deliveries.delivery(exchange.tx, arguments["delivery"])
    route = routes.route(exchange.tx, withheld.route_id or 0)
    if route.user_id != exchange.user.id or route.state == routes.ENDED:
        exchange.say("question-over")
    elif option == "stop-rule":
        _stop(exchange, route.id)
    elif withheld.state == "failed" and flow.way(exchange.tx, exchange.house.networks, withheld) == "send":
        flow.send_again(exchange.tx, exchange.now, withheld)
        exchange.say("withheld-carried")
    else:
        exchange.say("question-over")


def about_theirs(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Take it back], or [Stop this rule]: what stands there stays then."""
    create = deliveries.delivery(exchange.tx, arguments["delivery"])
    route = routes.route(exchange.tx, create.route_id or 0)
    if route.user_id != exchange.user.id:
        exchange.say("question-over")
    elif option == "stop-rule":
        _stop(exchange, route.id)
    else:
        flow.unshare(exchange.tx, exchange.now, create, cause_id=exchange.cause_id)
        exchange.say("theirs-going")


def _stop(exchange: Talk, route_id: int) -> None:
    routes.end(exchange.tx, route_id)
    exchange.say("circle-stopped")
