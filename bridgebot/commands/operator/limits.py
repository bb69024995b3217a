"""`/admin limits`: what everybody may have and do, and somebody in particular."""

from __future__ import annotations

from bridgebot.commands import quotas
from bridgebot.commands.operator.answers import Done, refused
from bridgebot.dialog import Talk
from bridgebot.render import clean_name
from bridgebot.store import people
from bridgebot.store import quotas as store

LARGEST = 1_000_000
_DEFAULT = ("default", "默认")


def limits(exchange: Talk, rest: str) -> Done:
    """`limits`, `limits NUMBER`, `limits NUMBER NAME HOW_MANY`, `limits NUMBER NAME default`."""
    words = rest.lower().split()
    if not words:
        _show_all(exchange)
        return Done()
    user = people.find_user(exchange.tx, int(words[0])) if words[0].isdigit() and len(words[0]) < 10 else None
    if user is None:
        exchange.say("admin-no-such-user", number=clean_name(words[0]))
        return refused()
    if len(words) == 1:
        _show(exchange, user.id)
        return Done(str(user.id))
    if len(words) != 3 or words[1] not in quotas.NAMES or not _is_amount(words[2]):
        exchange.say("usage-admin-limits", names=exchange.listed(quotas.NAMES), most=LARGEST)
        return refused(str(user.id))
    return _set(exchange, user.id, words[1], None if words[2] in _DEFAULT else int(words[2]))


def _is_amount(word: str) -> bool:
    return word in _DEFAULT or (word.isdigit() and len(word) < 9 and int(word) <= LARGEST)


def _set(exchange: Talk, user_id: int, name: str, most: int | None) -> Done:
    store.set_for(exchange.tx, user_id, name, most)
    exchange.house.allowances.forget(user_id)
    exchange.write(_line(exchange, user_id, name, store.of_user(exchange.tx, user_id)))
    return Done(f"{user_id} {name} {'default' if most is None else most}")


def _show_all(exchange: Talk) -> None:
    lines = [
        exchange.text("admin-limit", what=exchange.text(f"quota-name-{name}"), name=name, most=most)
        for name in quotas.NAMES
        for most in [getattr(exchange.house.quotas, name)]
    ]
    exchange.write("\n".join([*lines, exchange.text("admin-limits-how")]))


def _show(exchange: Talk, user_id: int) -> None:
    own = store.of_user(exchange.tx, user_id)
    exchange.write("\n".join(_line(exchange, user_id, name, own) for name in quotas.NAMES))


def _line(exchange: Talk, user_id: int, name: str, own: dict[str, int]) -> str:
    """How many there are, of how many there may be."""
    has = store.count(exchange.tx, exchange.now, user_id, name)
    most = own.get(name, getattr(exchange.house.quotas, name))
    key = "admin-limit-own" if name in own else "admin-limit-has"
    return exchange.text(key, what=exchange.text(f"quota-name-{name}"), name=name, has=has, most=most)
