"""Lending an account to a group: its owner says which and to whom, the group's administrators take it.

Neither can do it alone. The owner is asked in private, the administrators in the group, and who may post is
whom both name: an administrator can only narrow what the owner allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import regex

from bridgebot import dialog
from bridgebot.commands import late, lent
from bridgebot.commands.lent import Loan
from bridgebot.dialog import Talk, on_its_own
from bridgebot.model import Message
from bridgebot.render import clean_name
from bridgebot.store import grants, keep, people, talk
from bridgebot.store.grants import ADMINS, EVERYONE, PERSONS, Rule
from bridgebot.store.people import ACTIVE
from bridgebot.store.rows import Account, Chat, Question
from bridgebot.texts import spaced

LIFE = timedelta(days=1)  # of the question to the group
MOST_PERSONS = 20

_TO, _AS = ("to", "给", "到"), ("as", "叫", "叫做")
_ROLES = {
    ADMINS: ("admins", "admin", "administrators", "管理员"),
    EVERYONE: ("everyone", "everybody", "all", "members", "所有人", "大家", "全体"),
}
_NAME = regex.compile(r"[a-z][a-z0-9_]{0,31}")
_ODD = regex.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What `/grant` was given."""

    name: str
    rule: Rule | None = None  # None: not said
    called: str | None = None  # how the account is to be called in the group
    wrong: bool = False  # it makes no sense


def read(argument: str) -> Asked:
    """`NAME [to admins|everyone|ID…] [as NAME]`. Pure."""
    words = argument.split()
    name = words[0].lower().lstrip("@+") if words else ""
    called = None
    if len(words) > 2 and words[-2].lower() in _AS:
        called, words = words[-1].lower().lstrip("@+"), words[:-2]
    given = words[1:]
    if given and given[0].lower() in _TO:
        given = given[1:]
    wrong = not name or (called is not None and not _NAME.fullmatch(called)) or len(given) > MOST_PERSONS
    wrong = wrong or any(word.startswith("@") for word in given)  # a name that anybody may bear
    return Asked(name, _rule(given), called, wrong)


def _rule(words: Sequence[str]) -> Rule | None:
    if not words:
        return None
    for who, names in _ROLES.items():
        if len(words) == 1 and words[0].lower() in names:
            return Rule(who)
    return Rule(PERSONS, tuple(dict.fromkeys(words)))


# --- lending -----------------------------------------------------------------------------------


def grant(exchange: Talk, argument: str, message: Message) -> None:
    """/grant NAME [to ROLE] [as NAME], in a group: lend it an account; as its administrator, take one that
    is offered, or say anew who may post with it.
    """
    asked = read(argument)
    if exchange.chat.direct:
        exchange.say("group-only", name="grant")
    elif exchange.sender is None or exchange.sender.outside:
        exchange.say("group-outside")
    elif late.is_late(exchange.now, message.sent_at):
        exchange.say("came-late")
    elif asked.wrong:
        exchange.say("usage-grant")
    else:
        _grant(exchange, asked)


def _grant(exchange: Talk, asked: Asked) -> None:
    offered = _offer(exchange, asked.name)
    own = people.account_named(exchange.tx, exchange.user.id, asked.name)
    loan = _loan(exchange, asked.name)
    if offered is not None and exchange.administers:
        _accept(exchange, offered, asked.rule)
    elif own is not None:
        _ask_owner(exchange, own, asked)
    elif loan is None and offered is None:
        exchange.say("grant-none-such", name=clean_name(asked.name))
    elif not exchange.administers:
        exchange.say("admins-only")
    elif loan is not None and asked.rule is not None:
        _narrow(exchange, loan, asked.rule)
    else:
        exchange.say("usage-grant")


def _ask_owner(exchange: Talk, account: Account, asked: Asked) -> None:
    """In private, and the group learns nothing but that: whose account it is decides there."""
    home = people.direct_chat(exchange.tx, exchange.user.id)
    if home is None:
        return
    group, rule = lent.group(exchange), asked.rule or Rule(ADMINS)
    private = on_its_own(exchange.tx, exchange.now, exchange.house, home, exchange.user.id)
    called = asked.called or _free_name(exchange, account)
    text = private.text(
        "lend-ask",
        handle=clean_name(account.handle),
        network=exchange.house.title(account.adapter),
        group=lent.title(group),
        called=called,
        who=who(private, rule, group),
    )
    arguments = {"account": account.id, "chat": exchange.chat.id, "rule": rule.stored(), "called": called}
    private.ask("lend", text, arguments, ("lend", "no"))
    exchange.say("wrote-in-private")


def _free_name(exchange: Talk, account: Account) -> str:
    """What the group may call it: the handle's own name, unless that is taken there."""
    plain = _ODD.sub("_", account.handle.lower().strip("@").partition("@")[0]).strip("_")[:24]
    first = plain if _NAME.fullmatch(plain) else account.name
    taken = {loan.grant.name for loan in lent.here(exchange) if loan.account.id != account.id}
    names = (first if n == 1 else f"{first}{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def lend_asked(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """The owner's word, in private; then the group's administrators are asked in the group."""
    if option == "no":
        exchange.say("lend-kept")
        return
    account, chat = _offered(exchange, arguments, exchange.user.id)
    if account is None or chat is None:
        exchange.say("question-over")
        return
    there = on_its_own(exchange.tx, exchange.now, exchange.house, chat, exchange.user.id)
    for older in _offers(there):
        if older[1]["account"] == account.id:
            dialog.close(exchange.tx, exchange.now, exchange.house, older[0], "expired")
    text = there.text(
        "loan-ask",
        who=lent.person_name(there, exchange.user.id),
        handle=clean_name(account.handle),
        network=exchange.house.title(account.adapter),
        called=arguments["called"],
        may=who(there, Rule.read(arguments["rule"]), chat),
    )
    there.ask("loan", text, arguments, ("accept", "decline"), hint=False, life=LIFE)
    _note(exchange, "loan-offered", account.id, chat, Rule.read(arguments["rule"]).summary())
    exchange.say("lend-offered", group=lent.title(chat))


def _offered(exchange: Talk, arguments: dict[str, Any], owner: int) -> tuple[Account | None, Chat | None]:
    """Account and chat of an offer, if they still are what they were."""
    account = people.account(exchange.tx, arguments["account"])
    chat = people.chat_by_id(exchange.tx, arguments["chat"])
    alive = account.user_id == owner and account.state in ACTIVE
    alive = alive and people.user(exchange.tx, owner).role not in grants.SILENT
    return (account if alive else None), (chat if chat.open else None)


# --- taking ------------------------------------------------------------------------------------


def decide(exchange: Talk, question: Question, option: str) -> None:
    """The group's word on an offer: its administrators', as things stand at this moment."""
    if not exchange.administers:
        lent.refuse(exchange, question, "admins-only")
    elif option == "accept":
        _accept(exchange, question, None)
    elif dialog.close(exchange.tx, exchange.now, exchange.house, question):
        arguments = talk.arguments(exchange.tx, question)
        exchange.say("loan-declined", name=arguments["called"])
        _note(exchange, "loan-declined", arguments["account"], exchange.chat, "")
        _tell(exchange, question.user_id, "lend-declined", group=lent.title(exchange.chat))


def _accept(exchange: Talk, question: Question, rule: Rule | None) -> None:
    arguments = talk.arguments(exchange.tx, question)
    account, chat = _offered(exchange, arguments, question.user_id)
    open_ = dialog.close(exchange.tx, exchange.now, exchange.house, question)
    taken = [loan for loan in lent.here(exchange) if loan.grant.name == arguments["called"]]
    if not open_ or account is None or chat is None:
        exchange.say("question-over")
    elif any(loan.account.id != account.id for loan in taken):
        exchange.say("loan-name-taken", name=arguments["called"])
    else:
        _take(exchange, account, Rule.read(arguments["rule"]), rule, arguments["called"])


def _take(exchange: Talk, account: Account, allowed: Rule, rule: Rule | None, called: str) -> None:
    group, chosen = lent.group(exchange), rule or allowed
    grants.lend(exchange.tx, exchange.now, group.id, account.id, chosen, allowed, called)
    _note(exchange, "loan-accepted", account.id, group, chosen.summary())
    exchange.say("loan-on", name=called, handle=clean_name(account.handle), who=who(exchange, chosen, group))
    _tell(exchange, account.user_id, "lend-on", name=account.name, group=lent.title(group))


def _narrow(exchange: Talk, loan: Loan, rule: Rule) -> None:
    """Administrators say who may; that its owner must allow them too is said with it."""
    grants.set_rule(exchange.tx, loan.grant.id, rule)
    group = lent.group(exchange)
    _note(exchange, "grant-changed", loan.account.id, group, rule.summary())
    allowed = who(exchange, Rule.read(loan.grant.lent), group)
    exchange.say("grant-set", name=loan.grant.name, who=who(exchange, rule, group), allowed=allowed)


# --- ending ------------------------------------------------------------------------------------


def revoke(exchange: Talk, argument: str, message: Message) -> None:
    """/revoke NAME: in a group by the owner or an administrator; in a direct chat one's own loans of it."""
    name = argument.strip().lower().lstrip("@+")
    if exchange.chat.direct:
        _revoke_own(exchange, name)
        return
    loan, offered = _loan(exchange, name), _offer(exchange, name)
    owner = loan.account.user_id if loan else offered.user_id if offered else None
    if owner is None:
        exchange.say("grant-none-such", name=clean_name(name))
    elif owner != exchange.user.id and not exchange.administers:
        exchange.say("admins-only")
    else:
        if offered is not None:
            dialog.close(exchange.tx, exchange.now, exchange.house, offered, "expired")
        if loan is not None:
            grants.end(exchange.tx, exchange.now, loan.grant, exchange.user.id, "revoked")
        exchange.say("revoked", name=name)
        if owner != exchange.user.id:
            _tell(exchange, owner, "lend-ended", name=name, group=lent.title(exchange.chat))


def _revoke_own(exchange: Talk, name: str) -> None:
    """By the account's own name or by the number in the list; offers that wait go as well."""
    mine = grants.of_owner(exchange.tx, exchange.user.id)
    account = people.account_named(exchange.tx, exchange.user.id, name)
    if name.isdigit():
        ended = mine[int(name) - 1 : int(name)] if int(name) else []
    else:
        ended = [one for one in mine if account is not None and one.account_id == account.id]
    if account is not None:
        grants.withdraw_offers(exchange.tx, exchange.user.id)
    for one in ended:
        grants.end(exchange.tx, exchange.now, one, exchange.user.id, "revoked")
        chat = people.chat_by_id(exchange.tx, one.chat_id)
        exchange.say(
            "revoked-there", name=people.account(exchange.tx, one.account_id).name, group=lent.title(chat)
        )
        there = on_its_own(exchange.tx, exchange.now, exchange.house, chat, exchange.user.id)
        there.say("revoked", name=one.name)
    if not ended:
        exchange.say("revoke-none" if account is None else "revoke-nothing-lent")


# --- looking -----------------------------------------------------------------------------------


def show(exchange: Talk, argument: str, message: Message) -> None:
    """/grants: what is lent here; in a direct chat what one lends, and one's own id there."""
    if exchange.chat.direct:
        _show_own(exchange)
        return
    loans = lent.here(exchange)
    if not loans:
        exchange.say("grants-none-here")
        return
    lines = [_line(exchange, loan) for loan in loans]
    exchange.write("\n".join([exchange.text("grants-head-here"), *lines]))


def _line(exchange: Talk, loan: Loan) -> str:
    group, role, allowed = lent.group(exchange), Rule.read(loan.grant.role), Rule.read(loan.grant.lent)
    rules = [who(exchange, role, group)]
    if allowed != role:
        rules.append(exchange.text("grants-allowed", who=who(exchange, allowed, group)))
    return exchange.text(
        "grants-line",
        name=loan.grant.name,
        handle=clean_name(loan.account.handle),
        network=exchange.house.title(loan.account.adapter),
        owner=lent.person_name(exchange, loan.account.user_id),
        who=spaced(*rules),
    )


def _show_own(exchange: Talk) -> None:
    mine = grants.of_owner(exchange.tx, exchange.user.id)
    lines = [exchange.text("grants-head-own" if mine else "grants-none-own")]
    for number, one in enumerate(mine, start=1):
        chat = people.chat_by_id(exchange.tx, one.chat_id)
        account, allowed = people.account(exchange.tx, one.account_id), Rule.read(one.lent)
        words = {"name": account.name, "group": lent.title(chat), "called": one.name}
        lines.append(
            exchange.text("grants-line-own", number=number, who=who(exchange, allowed, chat), **words)
        )
    person = people.person_on(exchange.tx, exchange.chat.adapter, exchange.user.id)
    lines.append(exchange.text("grants-your-id", id=person.native_id if person else "–"))
    exchange.write("\n".join(lines))


def who(exchange: Talk, rule: Rule, chat: Chat) -> str:
    """Whom a rule names, in words; persons by their stable ids, for names are anybody's."""
    if rule.who != PERSONS:
        return exchange.text(f"grant-to-{rule.who}")
    return exchange.listed(clean_name(one) for one in rule.ids)


# --- helpers -----------------------------------------------------------------------------------


def _loan(exchange: Talk, name: str) -> Loan | None:
    return next((loan for loan in lent.here(exchange) if loan.grant.name == name), None)


def _offers(exchange: Talk) -> list[tuple[Question, dict[str, Any]]]:
    """What is offered to this chat and not decided."""
    waiting = talk.open_in_chat(exchange.tx, exchange.now, exchange.chat.id, "loan")
    return [(question, talk.arguments(exchange.tx, question)) for question in waiting]


def _offer(exchange: Talk, name: str) -> Question | None:
    """The only offer of this name: of two, nobody could say which was meant."""
    found = [question for question, arguments in _offers(exchange) if arguments["called"] == name]
    return found[0] if len(found) == 1 else None


def _tell(exchange: Talk, user_id: int, key: str, **arguments: str) -> None:
    dialog.tell(exchange.tx, exchange.now, exchange.house, user_id, key, **arguments)


def _note(exchange: Talk, what: str, account_id: int, chat: Chat, how: str) -> None:
    target = grants.target(account_id, lent.whole(exchange, chat).id)
    keep.audit(exchange.tx, exchange.now, exchange.user.id, what, target, how or "ok")
