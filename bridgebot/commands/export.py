"""/export and /privacy: everything of oneself to take along, and what is kept of one."""

from __future__ import annotations

from typing import Any

from bridgebot.commands import confirming
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import exports, keep

PATH = "/export/"  # and the one-time token


def export(exchange: Talk, argument: str, message: Message) -> None:
    """/export, confirmed from another chat where there is one."""
    refused = exports.refusal(exchange.tx, exchange.now, exchange.user.id)
    if refused is not None:
        exchange.say(refused, number=exports.PER_DAY)
        return
    other = confirming.second_chat(exchange)
    if other is not None:
        confirming.ask_there(exchange, other, "export", "export-ask-there", {}, ("export", "no"))
        return
    key = "export-ask" if exchange.house.public_url else "export-ask-file"
    exchange.ask("export", exchange.text(key), {"chat": exchange.chat.id}, ("export", "no"))


def answered(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """It is theirs to take, or it was not they who asked."""
    if option == "no":
        confirming.refuse(exchange, arguments, "export-kept")
        return
    first = confirming.asker(exchange, arguments)
    refused = exports.refusal(exchange.tx, exchange.now, exchange.user.id)
    if refused is not None:
        exchange.say(refused, number=exports.PER_DAY)
        return
    _give(first)
    if first is not exchange:
        exchange.say("export-given-there", network=confirming.title(exchange, first.chat))


def _give(exchange: Talk) -> None:
    """A one-time address on the bot's own server, or the words that open a file which its operator writes."""
    url, user_id = exchange.house.public_url, exchange.user.id
    begun = exports.begin(exchange.tx, exchange.now, user_id, exchange.chat.id, over_web=url is not None)
    if begun is None:
        exchange.say("export-open")
        return
    number, secret = begun
    keep.audit(exchange.tx, exchange.now, user_id, "export", "address" if url else "file")
    if url is not None:
        told = exchange.say("export-address", url=f"{url}{PATH}{secret}")
    else:
        command = f"bridgebot export {user_id} export.zip.age"
        told = exchange.say("export-file", command=command, passphrase=secret, days=exports.FILE_LIFE.days)
    exports.told_by(exchange.tx, number, told)


def served(exchange: Talk) -> None:
    """It was taken: its owner hears of it, for they may not have been the one."""
    keep.audit(exchange.tx, exchange.now, exchange.user.id, "export", "taken")
    exchange.say("export-taken")


def privacy(exchange: Talk, argument: str, message: Message) -> None:
    """/privacy: what is kept, who can read it, and the ways out."""
    lines = [exchange.text("privacy"), exchange.house.privacy]
    if exchange.house.public_url:
        lines.append(f"{exchange.house.public_url}/privacy")
    exchange.write("\n\n".join(line for line in lines if line))
