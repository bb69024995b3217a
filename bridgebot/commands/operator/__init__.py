"""What operators may do, in direct chats only; every use is in the audit log, refused ones too.

An action returns what the log says of its target and its result, never what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Callable

import regex

from bridgebot.commands.operator import announcing, figures, house, invites, limits, moderation, users, words
from bridgebot.commands.operator.answers import DONE, REFUSED, Done
from bridgebot.commands.queue import queue
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import keep

Action = Callable[[Talk, str], Done]
_QUEUE = regex.compile(r"(retry|drop) (\d{1,18}|all)")


def admin(exchange: Talk, argument: str, message: Message) -> None:
    """/admin WORD …: `words` has them all, `/admin help` says what each does."""
    word, rest = words.read(argument)
    if exchange.user.role != "operator":
        exchange.say("operators-only")
        _note(exchange, word.name if word else "", REFUSED)
    elif word is None or word.name == "help":
        _explain(exchange, argument if word is None else "", rest)
        _note(exchange, "help" if word else "", DONE if word or not argument.strip() else REFUSED)
    else:
        _note(exchange, word.name, _ACTIONS[word.name](exchange, rest))


def refused(exchange: Talk, argument: str) -> None:
    """Somebody wrote it where it may not be used."""
    word, _ = words.read(argument)
    _note(exchange, word.name if word else "", REFUSED)


def _note(exchange: Talk, name: str, done: Done) -> None:
    action = f"admin {name}".strip()
    keep.audit(exchange.tx, exchange.now, exchange.user.id, action, done.target, done.result)


def _explain(exchange: Talk, unknown: str, rest: str) -> None:
    """All words with a line each, one in full, or what was probably meant."""
    meant = words.near(unknown) if unknown.strip() else None
    asked = words.VOCABULARY.named(rest.strip()) if rest.strip() else None
    if meant is not None:
        exchange.say("admin-near", name=meant.name)
    elif unknown.strip():
        exchange.say("admin-unknown")
    elif asked is not None:
        aliases = " ".join(asked.aliases)
        exchange.write(
            f"{exchange.text(f'admin-help-{asked.name}')}\n{exchange.text('help-aliases')} {aliases}"
        )
    else:
        lines = [exchange.text(f"admin-help-{word.name}") for word in words.WORDS]
        exchange.write("\n".join([exchange.text("admin-help-head"), *lines]))


def _queue(exchange: Talk, rest: str) -> Done:
    queue(exchange, rest)
    return Done(rest.lower()) if _QUEUE.fullmatch(rest.lower()) else Done()


_ACTIONS: dict[str, Action] = {
    "users": users.users,
    "block": users.block,
    "unblock": users.unblock,
    "promote": users.promote,
    "demote": users.demote,
    "invite": invites.invite,
    "invites": invites.invites,
    "limits": limits.limits,
    "adapters": house.adapters,
    "pause": house.pause,
    "resume": house.resume,
    "audit": house.audit,
    "queue": _queue,
    "announce": announcing.announce,
    "stats": figures.stats,
    "reports": moderation.reports,
    "remove": moderation.remove,
    "suspend": moderation.suspend,
    "unsuspend": moderation.unsuspend,
}

__all__ = ["admin", "announcing", "invites", "refused"]
