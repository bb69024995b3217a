"""Credentials that a network no longer takes are renewed where it can be done without the person.

Whatever is refused, a post, a read or a look-up, comes to `refused`. The renewal is a delivery in a lane
of its own, `renew:5`: the lane's lease sees to it that one at a time asks, and however many calls were
refused together, the network is asked once. Meanwhile all that the account does waits.

The process may end between the network's answer and the commit. Where a network's refresh tokens work
once, the fresh one is lost then. The renewal is asked for anew with the old one: some networks give the
same answer again for a while; from others the person must link the account again, by one message. No
post is lost or made twice by it: what waits, waits on.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta

from bridgebot import model
from bridgebot.adapter import Network
from bridgebot.store import Tx, deliveries, lanes, people, renewals, routes
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Delivery
from bridgebot.store.vault import digest

ACTION = "renew"
HELD = "renewing"  # why what belongs to the account waits meanwhile
AT_ONCE = timedelta(minutes=1)  # fresh credentials that are refused so soon are not expired but unwanted


class Refusal(enum.Enum):
    """What becomes of a call that was refused."""

    WAIT = "wait"  # until the renewal that is under way has ended
    AGAIN = "again"  # there are other credentials by now
    EXPIRED = "expired"  # only the person can help


def refused(
    tx: Tx, now: datetime, networks: Mapping[str, Network], account_id: int, tried: model.Account | None
) -> Refusal:
    """An account's credentials were refused, those of `tried` if that is known: renew them, once."""
    account, last = people.account(tx, account_id), renewals.of(tx, account_id)
    network = networks.get(account.adapter)
    if network is None or network.social is None or not network.social.refresh:
        return Refusal.EXPIRED
    now_has = renewals.current(tx, account)
    if tried is not None and digest(tried.credentials) != now_has:
        return Refusal.AGAIN
    if account.state != "active":
        return Refusal.EXPIRED
    if last is not None and last.ended_at is None and last.tried == now_has:
        return Refusal.WAIT
    if last is not None and last.ended_at is not None and now - last.ended_at < AT_ONCE:
        return Refusal.AGAIN if tried is None else Refusal.EXPIRED
    renewals.begin(tx, now, account)
    lanes.hold(tx, f"account:{account_id}", HELD)
    routes.hold_timelines(tx, account_id, HELD)
    order = Order(action=ACTION, lane=f"renew:{account_id}", urgency=ANSWER, account_id=account_id)
    deliveries.queue(tx, now, order)
    return Refusal.WAIT


def renewed(tx: Tx, now: datetime, renewal: Delivery, fresh: model.Account) -> bool:
    """Fresh credentials came: keep them, and let go what waited. False where they are another account's.

    Where the person linked the account anew meanwhile, theirs stay.
    """
    account = people.account(tx, renewal.account_id or 0)
    last = renewals.of(tx, account.id)
    if last is None or last.tried != renewals.current(tx, account):
        return True
    if (fresh.server, fresh.id) != (account.server, account.native_id):
        return False
    renewals.keep(tx, account, fresh)
    renewals.end(tx, now, account.id)
    let_go(tx, account.id)
    return True


def in_vain(tx: Tx, now: datetime, renewal: Delivery) -> bool:
    """It did not work. True when the account is expired by that: it still has what was to be replaced."""
    account = people.account(tx, renewal.account_id or 0)
    last = renewals.of(tx, account.id)
    renewals.end(tx, now, account.id)
    return last is not None and last.tried == renewals.current(tx, account) and account.state == "active"


def waiting(tx: Tx, account_id: int) -> list[Delivery]:
    """The look-ups with the account that wait for the end of its renewal."""
    held = lanes.held_lanes(tx)
    asked = [one for one in deliveries.queued_for(tx, account_id) if one.lane.startswith("look:")]
    return [one for one in asked if held.get(one.lane) == HELD]


def let_go(tx: Tx, account_id: int) -> None:
    """What waited for the renewal waits no longer."""
    for one in waiting(tx, account_id):
        lanes.hold(tx, one.lane, None)
    if lanes.is_held(tx, f"account:{account_id}") == HELD:
        lanes.hold(tx, f"account:{account_id}", None)
    routes.hold_timelines(tx, account_id, None)
