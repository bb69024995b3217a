"""/edit and /del: one's own posts, wherever they stand.

What was written with another app is changed and deleted where it was written, with the account that it was
written with. That it worked is then met like any edit and deletion there, and what was made of it follows.
"""

from __future__ import annotations

from typing import Any

from bridgebot import flow
from bridgebot.commands import acts, grammar
from bridgebot.commands.compose import refuse_secret
from bridgebot.commands.finding import code, meant, meant_with_text
from bridgebot.commands.wishes import visible
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import Rich
from bridgebot.store import deliveries, people
from bridgebot.store.rows import Account, Copy, Post


def edit(exchange: Talk, argument: str, message: Message) -> None:
    """/edit ID TEXT, or /edit TEXT as the answer to one's own post or its receipt. Without a text: what it
    says, as it was typed, to be changed and sent back.
    """
    named, text = meant_with_text(exchange, argument, message)
    found = acts.own(exchange, named)
    secret = grammar.secret(text)
    if found is None:
        return
    if not visible(text):
        _show(exchange, found)
    elif secret is not None:
        refuse_secret(exchange, secret)
    elif not _edit_there(exchange, found, Rich(message.text, message.spans).tail(text)):
        _edit(exchange, found, Rich(message.text, message.spans).tail(text))


def _edit(exchange: Talk, found: Post, words: Rich) -> None:
    tx, now, networks = exchange.tx, exchange.now, exchange.house.networks
    more: dict[str, Any] = {"at": now, "spans": words.spans, "cause_id": exchange.cause_id}
    flow.edit(tx, now, found, words.text, found.warning, networks, **more)
    out = deliveries.creates(tx, found.id)
    exchange.say("editing" if out else "edited", code=code(exchange, found))


def delete(exchange: Talk, argument: str, message: Message) -> None:
    """/del ID, or as the answer to one's own post or its receipt."""
    found = acts.own(exchange, meant(exchange, argument, message))
    if found is None:
        return
    account, copy = _there(exchange, found, "delete")
    if account is None or copy is None:
        acts.delete(exchange, found)
    else:
        _order(exchange, "delete-original", account, copy, found)


# --- where it was written ----------------------------------------------------------------------


def _there(exchange: Talk, found: Post, ability: str) -> tuple[Account | None, Copy | None]:
    """Where it was written with another app, and the user's account with which that can be done there; None
    where it cannot.
    """
    copy = acts.written_with(exchange, found)
    mine = people.accounts(exchange.tx, exchange.user.id)
    account = next((one for one in mine if copy is not None and one.id == copy.account_id), None)
    return account if account is not None and acts.able(exchange, account, ability) else None, copy


def _edit_there(exchange: Talk, found: Post, words: Rich) -> bool:
    """Have it changed where it was written, or say why not; False: what there is of it stands otherwise."""
    account, copy = _there(exchange, found, "edit")
    if account is None or copy is None:
        return acts.only_elsewhere(exchange, found)
    limits = account.fits.with_warning(found.warning)
    if limits.fits(words.text):
        said = {"text": words.text, "spans": words.stored()}
        _order(exchange, "edit-original", account, copy, found, **said)
    else:
        length, most = limits.length(words.text), limits.max_length
        if length <= most:  # it is the bytes that are too many
            length, most = limits.octets(words.text), limits.max_bytes or 0
        network = exchange.house.title(account.adapter)
        exchange.say("edit-too-long", network=network, over=length - most, length=length, limit=most)
    return True


def _order(exchange: Talk, action: str, account: Account, copy: Copy, found: Post, **arguments: Any) -> None:
    """Queue it, in the place of what was wanted before and has not left."""
    for older in deliveries.of_post(exchange.tx, found.id, "edit-original"):
        if flow.untouched(exchange.tx, older):
            flow.cancel(exchange.tx, exchange.now, older)
    arguments |= {"id": copy.native_id, "code": code(exchange, found)}
    acts.act(exchange, action, account, arguments, post_id=found.id)


def _show(exchange: Talk, found: Post) -> None:
    """The words as they were typed; what is stored of them, where the network keeps no others."""
    account, copy = _there(exchange, found, "edit")
    if account is None and acts.only_elsewhere(exchange, found):
        return
    if account is not None and copy is not None and acts.able(exchange, account, "typed"):
        which = {"id": copy.native_id, "code": code(exchange, found)}
        acts.act(exchange, "typed", account, which, look=True)
    elif found.text:
        exchange.say("edit-words", code=code(exchange, found), words=found.text)
    else:
        exchange.say("usage-edit")
