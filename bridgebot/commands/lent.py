"""Posting in a group with an account that is lent to it: who may, and what then becomes of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from bridgebot import flow
from bridgebot.commands import grammar
from bridgebot.commands.finding import code
from bridgebot.commands.rules import onward
from bridgebot.commands.wishes import Wish, meant_for
from bridgebot.dialog import Talk, notice, on_its_own
from bridgebot.flow import Met, Target
from bridgebot.model import Audience, Author, Enclosure
from bridgebot.render import clean_name, one_line
from bridgebot.store import chats, deliveries, grants, keep, people, posts
from bridgebot.store.grants import Grant
from bridgebot.store.posts import Spot
from bridgebot.store.rows import Account, Chat, Post, Question

EXCERPT = 60  # graphemes of a post that its account's owner is told of

# `+name` in front names an account; `+1` is simply how a text begins.
_NAMED = regex.compile(r"\s*[+＋]([a-z][a-z0-9_]*)(?:\s|$)", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Loan:
    """A grant with the account that it lends."""

    grant: Grant
    account: Account


@dataclass(frozen=True, slots=True)
class Named:
    """A post that names accounts of the group's in front of its words."""

    wish: Wish  # without them
    loans: tuple[Loan, ...]  # all of one owner's


# --- what is lent ------------------------------------------------------------------------------


def group(exchange: Talk) -> Chat:
    """The group as a whole: what is lent to it counts in each of its topics."""
    return whole(exchange, exchange.chat)


def whole(exchange: Talk, chat: Chat) -> Chat:
    return chats.whole(exchange.tx, chat)


def here(exchange: Talk) -> list[Loan]:
    """What is lent to this group now."""
    grants.lapse(exchange.tx, exchange.now)
    lent = grants.in_group(exchange.tx, group(exchange).id)
    return [Loan(grant, people.account(exchange.tx, grant.account_id)) for grant in lent]


def may(exchange: Talk, loans: Sequence[Loan]) -> bool:
    """Whether who speaks may post with all of these, as things stand at this moment."""
    sender = exchange.sender
    return bool(loans) and sender is not None and all(loan.grant.lets(sender) for loan in loans)


def person_name(exchange: Talk, user_id: int) -> str:
    """How somebody is called in this chat."""
    known = people.person_on(exchange.tx, exchange.chat.adapter, user_id)
    return clean_name(known.name or known.native_id) if known is not None else "?"


def loan_names(exchange: Talk, loans: Sequence[Loan]) -> str:
    return exchange.listed(f"{loan.grant.name} ({clean_name(loan.account.handle)})" for loan in loans)


# --- naming them -------------------------------------------------------------------------------


def read(exchange: Talk, wanted: Wish) -> Named | str | None:
    """What the names in front of a text come to: accounts that are lent here, a text that says why not (it
    was said, and nothing may be posted then), or None: the writer's own affair.
    """
    if not grammar.may_name_targets(wanted.text):
        return None
    loans = {loan.grant.name: loan for loan in here(exchange)}
    own = {account.name for account in people.accounts(exchange.tx, exchange.user.id)}
    added, left_out, rest = grammar.targets(wanted.text, {*loans, *own})
    unknown = _NAMED.match(rest)
    strange = next((name for name in left_out if name not in own), None)
    lent = [name for name in added if name in loans]
    if unknown is not None:
        return exchange.text("group-no-such-account", name=unknown[1].lower())
    if strange is not None:
        return exchange.text("group-no-such-account", name=strange)
    if not lent:
        return None
    if set(added) & own:
        return exchange.text("group-whose-account", name=next(name for name in added if name in own))
    named = tuple(loans[name] for name in lent)
    if len({loan.account.user_id for loan in named}) > 1:
        return exchange.text("group-several-owners")
    return Named(_settled(exchange, wanted, rest, named), named)


def _settled(exchange: Talk, wanted: Wish, rest: str, loans: Sequence[Loan]) -> Wish:
    """The words with all that is decided about them: nobody's later choices are to change it."""
    audience, warning = meant_for(exchange, wanted)
    language = exchange.user.next_language or wanted.language
    return replace(
        wanted,
        text=rest,
        spans=wanted.rich.tail(rest).stored(),
        named=[loan.account.id for loan in loans],
        audience=audience.value,
        warning=warning,
        language=language,
    )


def names(exchange: Talk) -> list[str]:
    """What may stand in front of a text here: one's own accounts and, in a group, those that are lent."""
    own = [account.name for account in people.accounts(exchange.tx, exchange.user.id)]
    lent = [] if exchange.chat.direct else [loan.grant.name for loan in here(exchange)]
    return [*own, *lent]


# --- posting -----------------------------------------------------------------------------------


def publish(exchange: Talk, named: Named, author: int, approver: int | None = None) -> Post:
    """Post it. The post is the account's owner's; who wrote it and who let it out is noted with it."""
    tx, now, wanted = exchange.tx, exchange.now, named.wish
    owner = named.loans[0].account.user_id
    met = Met(
        spot=Spot(exchange.chat.realm, wanted.message, exchange.chat.adapter, chat_id=exchange.chat.id),
        instead=f"{wanted.message}#{exchange.cause_id}",
        author=Author(str(owner), "", ""),
        text=wanted.text,
        audience=Audience(wanted.audience or Audience.PUBLIC),
        created_at=now,
        warning=wanted.warning,
        language=wanted.language,
        user_id=owner,
        spans=wanted.rich.spans,
        files=tuple(Enclosure(**file) for file in wanted.files),
    )
    targets = [Target(loan.account) for loan in named.loans]
    networks, by = exchange.house.networks, exchange.user.id
    post = flow.accept(
        tx, now, met, networks, targets=targets, cause_id=exchange.cause_id, home=exchange.chat, by=by
    )
    grants.sign(tx, now, post.id, exchange.chat.id, author, approver)
    onward.published(exchange, post, lent=True)
    for loan in named.loans:
        target = grants.target(loan.account.id, loan.grant.chat_id)
        keep.audit(tx, now, by, "posted-with-loan", target, f"post {post.id}, written by {author}")
    _tell_owner(exchange, named, post, author)
    return post


def _tell_owner(exchange: Talk, named: Named, post: Post, author: int) -> None:
    """Whose account it is hears of each post, by an id with which they can take it back."""
    owner = named.loans[0].account.user_id
    home = people.direct_chat(exchange.tx, owner)
    if home is None or owner == author:
        return
    there = on_its_own(exchange.tx, exchange.now, exchange.house, home, owner)
    posts.name(exchange.tx, home.id, post.id)
    text = there.text(
        "lent-posted",
        code=code(there, post),
        who=person_name(exchange, author),
        group=title(exchange.chat),
        names=there.listed(loan.account.name for loan in named.loans),
        text=one_line(post.text, EXCERPT),
    )
    notice(exchange.tx, exchange.now, home, text, there.language, user_id=owner)


def title(chat: Chat) -> str:
    """What a group is called."""
    return clean_name(chat.title or chat.native_id)


def refuse(exchange: Talk, question: Question, key: str, **arguments: str | int) -> None:
    """Say no to an answer; in a group once to each person: whoever presses on and on fills none."""
    once = None if exchange.chat.direct else f"refused:{question.id}:{exchange.user.id}:{key}"
    words, user_id = exchange.text(key, **arguments), exchange.user.id
    tx, now, chat, cause = exchange.tx, exchange.now, exchange.chat, exchange.cause_id
    notice(tx, now, chat, words, exchange.language, user_id=user_id, cause_id=cause, once=once)


# --- afterwards --------------------------------------------------------------------------------


def may_take_back(exchange: Talk, found: Post) -> bool:
    """Whether a post from this group is theirs to take back: who may post with its accounts may that too."""
    byline = grants.byline(exchange.tx, found.id)
    return byline is not None and byline.chat_id == exchange.chat.id and may(exchange, _out(exchange, found))


def may_change(exchange: Talk, found: Post) -> bool:
    """Whether its author changes it by changing the message: only with the right to post, as it is now."""
    byline = grants.byline(exchange.tx, found.id)
    return byline is not None and byline.author_id == exchange.user.id and may_take_back(exchange, found)


def is_by(exchange: Talk, found: Post) -> bool:
    """Whether who speaks wrote it in a group, for whomever's account."""
    byline = grants.byline(exchange.tx, found.id)
    return byline is not None and byline.author_id == exchange.user.id


def _out(exchange: Talk, found: Post) -> list[Loan]:
    """The loans with which it went out; none if one of them is over."""
    used = {d.account_id for d in deliveries.creates(exchange.tx, found.id) if d.route_id is None}
    loans = [loan for loan in here(exchange) if loan.account.id in used]
    return loans if len(loans) == len(used) else []
