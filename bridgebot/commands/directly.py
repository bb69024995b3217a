"""/dm: a post that only the person named can read, always shown before it leaves."""

from __future__ import annotations

from dataclasses import replace

import regex

from bridgebot.commands import grammar, late
from bridgebot.commands.acts import able, acting
from bridgebot.commands.compose import ask as ask_first
from bridgebot.commands.compose import is_postable
from bridgebot.commands.finding import find_post, split_first
from bridgebot.commands.persons import local
from bridgebot.commands.wishes import Wish, as_written, visible, wish
from bridgebot.dialog import Talk
from bridgebot.model import Audience, Message
from bridgebot.render import Rich, clean_name, joined
from bridgebot.store import faces, people
from bridgebot.store.rows import Account

_NAMED = regex.compile(r"(?<![\p{L}\p{N}_/@])@[\p{L}\p{N}_](?:[\p{L}\p{N}_.@-]*[\p{L}\p{N}_])?")


def dm(exchange: Talk, argument: str, message: Message) -> None:
    """/dm @ada@example.social TEXT. Without a text nothing leaves."""
    who, text = split_first(argument)
    if not who or not visible(text):
        exchange.say("usage-dm")
        return
    found = _whom(exchange, who)
    if found is None:
        return
    handle, account = found
    rich = joined(" ", [handle, Rich(message.text, message.spans).tail(text)])
    wanted = wish(exchange, message, rich.text, named=[account.id])
    spans = rich[: len(wanted.text)].stored()
    wanted = replace(wanted, spans=spans, audience=Audience.DIRECT.value)
    if not is_postable(exchange, wanted):
        return
    if late.is_late(exchange.now, message.sent_at):
        late.gather(exchange, message, wanted)
    else:
        _confirm(exchange, wanted, handle, account, text)


def _whom(exchange: Talk, who: str) -> tuple[str, Account] | None:
    """The handle as the account's server writes it, and the account; None was explained."""
    found = find_post(exchange, who) if grammar.is_short_id(who.lower().lstrip("#")) else None
    if found is not None:
        who = faces.face(exchange.tx, found, exchange.chat).handle
    elif not grammar.is_handle(who):
        exchange.say("usage-dm")
        return None
    account = _account(exchange, who)
    return (local(who, account), account) if account is not None else None


def _account(exchange: Talk, who: str) -> Account | None:
    """Of the accounts that can write to one person alone: the one on the server that the handle names; else
    one whose own handle names its server, for it knows others; for a bare name the one that brought a post of
    theirs. None was explained: writing to somebody else of that name would be worse than not writing.
    """
    ready = [one for one in people.accounts(exchange.tx, exchange.user.id) if _can(exchange, one)]
    server = who.lstrip("@").partition("@")[2].lower()
    if server:
        fitting = [one for one in ready if server in (one.name, one.adapter, one.server.lower())]
        fitting += [one for one in ready if one.handle.lstrip("@").count("@")]
    else:
        seen = faces.last_by(exchange.tx, exchange.chat.id, who)
        by = acting(exchange, seen)[0] if seen is not None else None
        fitting = [one for one in ready if by is not None and one.id == by.id] or ready
        if len(fitting) > 1:
            exchange.say("dm-which-server", who=f"@{clean_name(who).lstrip('@')}")
            return None
    if not fitting:
        exchange.say("dm-nowhere")
    return fitting[0] if fitting else None


def _can(exchange: Talk, account: Account) -> bool:
    network = exchange.house.network(account.adapter)
    social = network.social if network is not None else None
    direct = social is not None and Audience.DIRECT in social.audiences
    return direct and able(exchange, account, "publish")


def _confirm(exchange: Talk, wanted: Wish, handle: str, account: Account, text: str) -> None:
    """By name, audience and account; whoever else the text names will read it too."""
    lines = [
        exchange.text(
            "dm-ask",
            who=clean_name(handle),
            network=exchange.house.title(account.adapter),
            own=account.handle,
        ),
        as_written(exchange, text),
    ]
    others = list(dict.fromkeys(name for name in _NAMED.findall(text) if name.lower() != handle.lower()))
    if others:
        lines.append(exchange.text("dm-others", who=exchange.listed(clean_name(one) for one in others)))
    ask_first(exchange, wanted, "\n".join(lines), ("send", "no"))


def changed(text: str, before: str) -> str | None:
    """An edited message's post, if it is still to the same person; None: it is to somebody else. Pure."""
    who, words = split_first(text)
    addressed = before.partition(" ")[0]
    same = who.lstrip("@").lower().partition("@")[0] == addressed.lstrip("@").lower().partition("@")[0]
    return f"{addressed} {words}" if same and visible(words) else None
