"""What operators may do, in direct chats only; every use is in the audit log."""

from __future__ import annotations

from collections.abc import Callable

from bridgebot.commands.held import house_back, unblocked
from bridgebot.commands.queue import queue
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import deliveries, held, keep, people
from bridgebot.store.deliveries import ANSWER, Order


def admin(exchange: Talk, argument: str, message: Message) -> None:
    """/admin users | invite | block N | unblock N | queue | pause | resume | reports | remove | suspend."""
    word, _, rest = argument.strip().partition(" ")
    action = _ACTIONS.get(word.lower())
    if exchange.user.role != "operator":
        exchange.say("operators-only")
    elif action is None:
        exchange.say("usage-admin")
    else:
        action(exchange, rest.strip())
        keep.audit(exchange.tx, exchange.now, exchange.user.id, f"admin {word.lower()}", rest.strip()[:200])


def _users(exchange: Talk, rest: str) -> None:
    lines = []
    for user in people.users(exchange.tx):
        person = people.person_of(exchange.tx, user.id)
        address = f"{person.adapter}:{person.native_id}" if person else "–"
        lines.append(f"{user.id}  {address}  {exchange.text(f'role-{user.role}')}")
    exchange.write("\n".join(lines))


def _invite(exchange: Talk, rest: str) -> None:
    code = keep.new_invite(exchange.tx, exchange.now, "user")
    exchange.say("admin-invite", code=code, days=keep.CLAIM_DAYS)


def _block(exchange: Talk, rest: str) -> None:
    _set_role(exchange, rest, "blocked")


def _unblock(exchange: Talk, rest: str) -> None:
    _set_role(exchange, rest, "user")


def _set_role(exchange: Talk, rest: str, role: str) -> None:
    known = {str(user.id): user for user in people.users(exchange.tx)}
    user = known.get(rest)
    if user is None or user.id == exchange.user.id or user.role == "operator":
        exchange.say("admin-no-such-user", number=rest or "?")
        return
    people.let_go(exchange.tx, exchange.now, user.id, role=role)
    exchange.say("admin-role-set", number=rest, role=exchange.text(f"role-{role}"))
    if role == "user":
        unblocked(exchange.tx, exchange.now, exchange.house, user.id)


def _pause(exchange: Talk, rest: str) -> None:
    """Nothing leaves, of anybody, but answers to operators; it is kept."""
    held.stop_house(exchange.tx)
    exchange.say("admin-paused")


def _resume(exchange: Talk, rest: str) -> None:
    stopped = held.house_stopped(exchange.tx)
    house_back(exchange.tx, exchange.now, exchange.house)
    exchange.say("admin-resumed" if stopped else "resumed-already")


def _reports(exchange: Talk, rest: str) -> None:
    _moderate(exchange, "reports", {})


def _remove(exchange: Talk, rest: str) -> None:
    _moderate_named(exchange, "remove", rest, {"id": rest})


def _suspend(exchange: Talk, rest: str) -> None:
    _moderate_named(exchange, "suspend", rest, {"handle": rest, "on": True})


def _unsuspend(exchange: Talk, rest: str) -> None:
    _moderate_named(exchange, "suspend", rest, {"handle": rest, "on": False})


def _moderate_named(exchange: Talk, action: str, named: str, arguments: dict[str, str | bool]) -> None:
    if named:
        _moderate(exchange, action, arguments)
    else:
        exchange.say("usage-admin")


def _moderate(exchange: Talk, action: str, arguments: dict[str, str | bool]) -> None:
    """On each network that is the operator's own."""
    networks = [n for n in exchange.house.networks.values() if n.social and n.social.moderate]
    if not networks:
        exchange.say("admin-no-network")
    for network in networks:
        order = Order(
            action=action,
            lane=f"look:{exchange.cause_id}:{network.name}",
            urgency=ANSWER,
            cause_id=exchange.cause_id,
            user_id=exchange.user.id,
            arguments=arguments | {"adapter": network.name, "answer": exchange.chat.id},
        )
        deliveries.queue(exchange.tx, exchange.now, order)


_ACTIONS: dict[str, Callable[[Talk, str], None]] = {
    "users": _users,
    "invite": _invite,
    "block": _block,
    "unblock": _unblock,
    "queue": queue,
    "pause": _pause,
    "resume": _resume,
    "reports": _reports,
    "remove": _remove,
    "suspend": _suspend,
    "unsuspend": _unsuspend,
}
