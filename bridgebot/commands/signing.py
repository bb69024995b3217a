"""Signing a browser in: on a network's own pages, for people who have no password there, and on the page on
which they read everything that they follow.
"""

from __future__ import annotations

from bridgebot.commands.acts import able, act
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import people, sessions
from bridgebot.store.rows import Account

PAGE = "/read"  # the reading page, where people reach the bot
_OFF = ("off", "out", "关", "关闭", "退出")


def sign_in(exchange: Talk, argument: str, message: Message) -> None:
    """/signin [NAME]: an address that is good once, for ten minutes."""
    mine = people.accounts(exchange.tx, exchange.user.id)
    can = [account for account in mine if account.state == "active" and able(exchange, account, "sign_in")]
    account = _meant(can, argument.strip().lower())
    if account is not None:
        act(exchange, "sign-in", account, {}, look=True)
    elif can:
        exchange.say("usage-signin", names=exchange.listed(one.name for one in can))
    else:
        exchange.say("cannot-do-anywhere" if mine else "no-accounts")


def _meant(can: list[Account], name: str) -> Account | None:
    if not name:
        return can[0] if len(can) == 1 else None
    return next((account for account in can if account.name == name), None)


def page(exchange: Talk, argument: str, message: Message) -> None:
    """/read: an address that opens one's own page, once, within ten minutes; /read off ends all of that."""
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    if argument.strip().lower() in _OFF:
        exchange.say("read-off", number=sessions.end_all(tx, user_id))
    elif exchange.house.public_url is None:
        exchange.say("read-nowhere")
    else:
        secret = sessions.invite(tx, now, user_id, exchange.chat.id)
        minutes = int(sessions.LIVES[sessions.SIGN_IN].total_seconds() // 60)
        url = f"{exchange.house.public_url}{PAGE}/in/{secret}"
        exchange.hand_over(exchange.text("read-address", url=url, minutes=minutes))


def signed_in(exchange: Talk) -> None:
    """A browser was: its owner hears of it, for they may not have been the one."""
    exchange.say("read-signed-in")
