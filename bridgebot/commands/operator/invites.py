"""`/admin invite`, `/admin invites`, and `/invite` of those who are no operators."""

from __future__ import annotations

from bridgebot.commands.operator.answers import Done, refused
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import clock
from bridgebot.store import invites as store
from bridgebot.store import keep
from bridgebot.store.invites import Invite

MOST = 10  # codes in one message
LONGEST = 90  # days
_REVOKE = ("revoke", "撤销", "chexiao")


def invite(exchange: Talk, rest: str) -> Done:
    """`invite [NUMBER] [DAYS]`, `invite revoke NAME | all`."""
    words = rest.lower().split()
    if words and words[0] in _REVOKE:
        return _revoke(exchange, words[1] if len(words) == 2 else "", mine=False)
    numbers = [int(word) for word in words if word.isdigit() and len(word) < 5]
    number, days = (*numbers, *(1, keep.CLAIM_DAYS)[len(numbers) :])[:2]
    if len(numbers) != len(words) or len(words) > 2 or not (0 < number <= MOST and 0 < days <= LONGEST):
        exchange.say("usage-admin-invite", most=MOST, days=LONGEST)
        return refused()
    there = len(store.open_ones(exchange.tx, exchange.now, made_by=exchange.user.id))
    if there + number > exchange.house.invites_per_operator:
        exchange.say("admin-invite-enough", open=there, most=exchange.house.invites_per_operator)
        return refused(str(number))
    _make(exchange, number, days)
    return Done(f"{number} {days}")


def invites(exchange: Talk, rest: str) -> Done:
    """`invites`: those that nobody used yet, by names that are no codes."""
    found = store.open_ones(exchange.tx, exchange.now)
    lines = [_line(exchange, one) for one in found] or [exchange.text("invites-none")]
    exchange.write("\n".join([*lines, *([exchange.text("admin-invites-how")] if found else [])]))
    return Done()


def by_user(exchange: Talk, argument: str, message: Message) -> None:
    """/invite, /invite revoke NAME: where the operator lets people invite others."""
    words, most = argument.lower().split(), exchange.house.invites_per_user
    if words and words[0] in _REVOKE:
        done = _revoke(exchange, words[1] if len(words) == 2 else "", mine=True)
    elif exchange.user.role == "operator":
        done = invite(exchange, argument)
    elif most == 0 or exchange.house.access == "allowlist":
        exchange.say("invite-operators-only")
        return
    else:
        done = _one(exchange, most)
    keep.audit(exchange.tx, exchange.now, exchange.user.id, "invite", done.target, done.result)


def _one(exchange: Talk, most: int) -> Done:
    made = store.count_lately(exchange.tx, exchange.now, exchange.user.id)
    if made < most:
        _make(exchange, 1, keep.CLAIM_DAYS)
        return Done("1")
    lines = [_line(exchange, one) for one in _mine(exchange)]
    exchange.write("\n".join([exchange.text("invite-enough", most=most), *lines]))
    return refused("1")


def _make(exchange: Talk, number: int, days: int) -> None:
    tx, now, by = exchange.tx, exchange.now, exchange.user.id
    codes = [keep.new_invite(tx, now, "user", made_by=by, days=days) for _ in range(number)]
    if exchange.house.access != "invite":
        exchange.say("admin-invite-idle")
    if number == 1:
        exchange.hand_over(exchange.text("admin-invite", code=codes[0], days=days))
    else:
        exchange.hand_over("\n".join([exchange.text("admin-invite-several", days=days), *codes]))


def _revoke(exchange: Talk, name: str, *, mine: bool) -> Done:
    by = exchange.user.id if mine else None
    number = store.revoke(exchange.tx, exchange.now, name, made_by=by) if name else 0
    exchange.say("invite-revoked" if number else "invite-no-such", number=number)
    return Done(f"revoke {name}") if number else refused("revoke")


def _mine(exchange: Talk) -> list[Invite]:
    return store.open_ones(exchange.tx, exchange.now, made_by=exchange.user.id)


def _line(exchange: Talk, one: Invite) -> str:
    until = clock(one.expires_at, exchange.now, exchange.user.timezone or exchange.house.timezone)
    by = exchange.text("invite-by", number=one.made_by) if one.made_by else exchange.text("invite-by-shell")
    role = exchange.text(f"role-{one.role}")
    return exchange.text("invite-line", name=one.name, role=role, by=by, until=until)
