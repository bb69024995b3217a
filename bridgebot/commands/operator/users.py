"""`/admin users`, `block`, `unblock`, `promote`, `demote`: who is here, and what they may."""

from __future__ import annotations

from datetime import datetime

from bridgebot.commands import access
from bridgebot.commands.held import unblocked
from bridgebot.commands.operator.answers import Done, refused
from bridgebot.dialog import Talk
from bridgebot.render import clean_name, clock
from bridgebot.store import grants, invites, people, roster
from bridgebot.store.roster import Known
from bridgebot.store.rows import User

PAGE = 20


def users(exchange: Talk, rest: str) -> Done:
    """`users [PAGE]`, `users WORD`: those in whose address a word stands."""
    page, word = (int(rest), "") if rest.isdigit() and len(rest) < 7 else (1, rest)
    number = roster.count(exchange.tx, word)
    pages = max((number + PAGE - 1) // PAGE, 1)
    page = min(max(page, 1), pages)
    found = roster.page(exchange.tx, (page - 1) * PAGE, PAGE, word)
    lines = [line(exchange, one) for one in found]
    if not found:
        lines.append(exchange.text("admin-nobody"))
    if pages > 1:
        lines.append(exchange.text("admin-users-page", page=page, pages=pages, number=number))
    exchange.write("\n".join(lines))
    return Done()


def line(exchange: Talk, known: Known) -> str:
    """A user: number, addresses, role, how many accounts on which network, when they were last here."""
    accounts = exchange.listed(
        f"{exchange.house.title(name)} {number}" for name, number in known.accounts.items()
    )
    seen = exchange.text("admin-seen", time=_clock(exchange, known.seen)) if known.seen else ""
    role = exchange.text(f"role-{known.role}")
    parts = [part for part in (role, accounts, seen) if part]
    addresses = " ".join(clean_name(one) for one in known.addresses) or "–"
    return f"{known.id}  {addresses}  {' · '.join(parts)}"


def _clock(exchange: Talk, at: datetime) -> str:
    return clock(at, exchange.now, exchange.user.timezone or exchange.house.timezone)


# --- roles -------------------------------------------------------------------------------------


def block(exchange: Talk, rest: str) -> Done:
    """`block NUMBER`, `block ADDRESS`: whoever that is, now or later, is silent air under all addresses."""
    user = _named(exchange, rest)
    if user is None and _is_address(exchange, rest):
        user = roster.block_stranger(exchange.tx, exchange.now, *rest.split(":", 1))
        return _say_role(exchange, user, "blocked")
    done = _set_role(exchange, rest, user, ("user", "blocked"), "blocked")
    if user is not None and done.result == "ok":
        invites.revoke(exchange.tx, exchange.now, "all", made_by=user.id)
    return done


def unblock(exchange: Talk, rest: str) -> Done:
    """`unblock NUMBER`."""
    user = _named(exchange, rest)
    done = _set_role(exchange, rest, user, ("user", "blocked"), "user")
    if user is not None and done.result == "ok":
        unblocked(exchange.tx, exchange.now, exchange.house, user.id)
    return done


def promote(exchange: Talk, rest: str) -> Done:
    """`promote NUMBER`: an operator too, whatever the list says."""
    return _set_role(exchange, rest, _named(exchange, rest), ("user",), "operator", access.BY_PROMOTION)


def demote(exchange: Talk, rest: str) -> Done:
    """`demote NUMBER`: a user like others. Whom the configuration lists stays one."""
    user = _named(exchange, rest)
    if user is not None and user.role == "operator" and access.is_listed(exchange.tx, exchange.house, user):
        exchange.say("admin-listed", number=user.id)
        return refused(str(user.id))
    return _set_role(exchange, rest, user, ("operator",), "user")


def _named(exchange: Talk, rest: str) -> User | None:
    """By number, or by an address."""
    if rest.isdigit() and len(rest) < 10:
        return people.find_user(exchange.tx, int(rest))
    return roster.at(exchange.tx, *rest.split(":", 1)) if ":" in rest else None


def _is_address(exchange: Talk, rest: str) -> bool:
    """Whether it names a chat network of this bot and somebody there."""
    name, _, native = rest.partition(":")
    network = exchange.house.network(name)
    return network is not None and network.chat is not None and bool(native) and " " not in native


def _set_role(
    exchange: Talk, rest: str, user: User | None, of: tuple[str, ...], role: str, by: str | None = None
) -> Done:
    """Nobody does it to themselves, and an operator is demoted before they can be blocked."""
    if user is None or user.id == exchange.user.id or user.role not in of:
        exchange.say("admin-no-such-user", number=clean_name(rest) or "?")
        return refused(str(user.id) if user else "")
    access.set_role(exchange.tx, exchange.now, user, role, by, exchange.user.id)
    people.let_go(exchange.tx, exchange.now, user.id)
    grants.lapse(exchange.tx, exchange.now)
    return _say_role(exchange, user, role)


def _say_role(exchange: Talk, user: User, role: str) -> Done:
    exchange.say("admin-role-set", number=user.id, role=exchange.text(f"role-{role}"))
    return Done(str(user.id))
