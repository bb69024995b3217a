"""Memos: posts whose only target is their writer, kept now and perhaps shared later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridgebot import flow
from bridgebot.commands import grammar
from bridgebot.commands.compose import refuse_secret
from bridgebot.commands.finding import code, find_post
from bridgebot.commands.wishes import account_names, anywhere_to_go, publish, visible, wish
from bridgebot.dialog import Talk
from bridgebot.flow import Target
from bridgebot.model import Audience, Message
from bridgebot.render import one_line
from bridgebot.store import deliveries, people, posts
from bridgebot.store.deliveries import ANSWER
from bridgebot.store.rows import Account, Post
from bridgebot.texts import parted

_WIDER = ("public", "公开")  # words that say it may be that where there is no unlisted
SHOWN = 100  # graphemes of each memo in the list


def memo(exchange: Talk, argument: str, message: Message) -> None:
    """/memo TEXT: a post whose only target is its writer."""
    secret = grammar.secret(argument)
    if not visible(argument) and not message.media:
        exchange.say("usage-memo")
    elif secret is not None:
        refuse_secret(exchange, secret)
    else:
        publish(exchange, wish(exchange, message, argument, memo=True))


def memos(exchange: Talk, argument: str, message: Message) -> None:
    """/memos [WORD]: the last ten, newest first."""
    found = posts.memos(exchange.tx, exchange.user.id, argument.strip())
    if not found:
        exchange.say("memos-none")
        return
    lines = [f"{code(exchange, memo)}  {one_line(memo.text, SHOWN)}" for memo in found]
    exchange.write("\n".join([exchange.text("memos-head", number=len(lines)), *lines]))


def share(exchange: Talk, argument: str, message: Message) -> None:
    """/share ID [to NAMES] [public]: publish a memo, or bring a post of one's own to more accounts; what is
    unlisted stands as `public` there, where that is said and there is no unlisted.
    """
    words = parted(argument)
    found = find_post(exchange, words[0]) if words else None
    if found is None or found.user_id != exchange.user.id or found.deleted_at is not None:
        exchange.say("share-usage")
        return
    names = [word.lstrip("+") for word in words[1:] if word.casefold() not in ("to", "到", *_WIDER)]
    accounts = [people.account_named(exchange.tx, exchange.user.id, name) for name in names]
    if None in accounts:
        exchange.say("to-usage", names=account_names(exchange))
        return
    named = [account.id for account in accounts if account is not None]
    wanted = replace(wish(exchange, message, found.text, named=named), files=found.files or [])
    chosen = anywhere_to_go(exchange, wanted)
    if chosen:
        _share(exchange, found, chosen, wider=any(word.casefold() in _WIDER for word in words[1:]))
    elif chosen is not None:
        exchange.say("no-targets", names=account_names(exchange))


def _share(exchange: Talk, found: Post, accounts: Sequence[Account], *, wider: bool) -> None:
    tx, now = exchange.tx, exchange.now
    if found.memo:
        found = _published(exchange, found)
    networks, cause = exchange.house.networks, exchange.cause_id
    targets = [Target(account, audience=_said(exchange, found, account, wider)) for account in accounts]
    going = [_goes_after_all(exchange, found, target) for target in targets]
    if not flow.to_accounts(tx, now, found, targets, networks, urgency=ANSWER, cause_id=cause) and not any(
        going
    ):
        exchange.say("share-there-already", code=code(exchange, found))
        return
    for shown in deliveries.of_post(tx, found.id, "receipt"):
        flow.refresh_receipt(tx, now, shown, exchange.cause_id)


def _said(exchange: Talk, found: Post, account: Account, wider: bool) -> Audience | None:
    """As what it stands there, if not as what it is: only what its writer says of this one post counts. An
    answer stays with what it answers.
    """
    if not wider or found.parent_id is not None:
        return None
    return flow.on_word(found.seen_by, exchange.house.network(account.adapter))


def _goes_after_all(exchange: Talk, found: Post, target: Target) -> bool:
    """Whether it was left out there for its audience, and now is not."""
    if target.audience is None:
        return False
    made = [d for d in deliveries.creates(exchange.tx, found.id) if d.account_id == target.account.id]
    left_out = [d for d in made if d.state == "failed"]
    for create in left_out[-1:]:
        said = create.arguments | {"audience": target.audience.value}
        deliveries.change(exchange.tx, create.id, arguments=said, cause_id=exchange.cause_id)
        flow.send_again(exchange.tx, exchange.now, deliveries.delivery(exchange.tx, create.id))
    return bool(left_out)


def _published(exchange: Talk, found: Post) -> Post:
    """A memo becomes a post, with what was said for the next one."""
    audience = Audience(exchange.user.next_audience or Audience.PUBLIC)
    warning = exchange.user.next_warning
    posts.change(exchange.tx, found.id, memo=False, audience=audience.value, warning=warning)
    people.set_user(exchange.tx, exchange.user.id, next_audience=None, next_warning=None)
    return posts.post(exchange.tx, found.id)
