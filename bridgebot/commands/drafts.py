"""Drafts in groups: who may not post shows what they would, and who may lets it out or not.

A draft is a question to the group that whoever may answers, by its button or its number. Changed words are
another question with another number: nobody lets out what they have not seen.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from bridgebot import dialog
from bridgebot.commands import enclosing, late, lent, quotas
from bridgebot.commands.lent import Loan, Named
from bridgebot.commands.wishes import Wish
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import MARK, Rich, clean_name, foreign, one_line, unpinged
from bridgebot.store import grants, keep, people, talk
from bridgebot.store.rows import Question

LIFE = timedelta(days=1)
MOST = 5  # open drafts of one person in one chat
EXCERPT = 60  # graphemes of each, in a list
KIND = "draft"


# --- making ------------------------------------------------------------------------------------


def post(exchange: Talk, named: Named, *, asked: bool) -> None:
    """Post it if its writer may and nothing speaks against it; else it is a draft."""
    if exchange.user.paused_at is not None:
        exchange.say("status-paused")
    elif exchange.sender is None or exchange.sender.outside:
        exchange.say("group-outside")
    elif asked or not lent.may(exchange, named.loans):
        _show(exchange, named)
    elif not _meets_quota(exchange, named.wish, named.loans[0].account.user_id):
        lent.publish(exchange, named, exchange.user.id)


def _meets_quota(exchange: Talk, wanted: Wish, owner: int) -> bool:
    """Whether the account's owner has posted as much as they may; then that was said."""
    return quotas.is_met_by_posts(exchange, owner) or quotas.is_met_by_files(
        exchange, len(wanted.files), owner
    )


def _show(exchange: Talk, named: Named) -> None:
    """Put the draft before the group, in words that cannot pass for the bot's."""
    tx, chat, author = exchange.tx, exchange.chat, exchange.user.id
    mine = [q for q in talk.open_in_chat(tx, exchange.now, chat.id, KIND) if q.user_id == author]
    if len(mine) >= MOST:
        exchange.say("draft-too-many", most=MOST)
        return
    number = talk.asked_in_chat(tx, chat.id, KIND) + 1
    head = exchange.text(
        "draft-shown",
        number=number,
        who=lent.person_name(exchange, author),
        names=lent.loan_names(exchange, named.loans),
        audience=exchange.text(f"audience-{named.wish.audience}"),
    )
    foot = exchange.text("draft-how", number=number)
    arguments = asdict(named.wish) | {"number": number}
    text = "\n".join([head, *_lines(named.wish), foot])
    exchange.ask(KIND, text, arguments, ("approve", "reject"), hint=False, foreign=True, life=LIFE)
    for loan in named.loans:
        target = grants.target(loan.account.id, loan.grant.chat_id)
        keep.audit(tx, exchange.now, author, "draft-made", target, f"draft {number}")


def _lines(wanted: Wish) -> list[str]:
    """The words as they would go out, each line marked; hidden addresses are spelled out, and nobody is
    called by them here.
    """
    rich = wanted.rich
    links = [span for span in rich.spans if span.kind == "link"]
    shown = str(unpinged(foreign(Rich(rich.text, rich.spans).spelled(links))))
    warning = [f"⚠ {clean_name(wanted.warning)}"] if wanted.warning else []
    words = shown.strip("\n").split("\n") if shown or not wanted.files else []
    enclosed = [str(unpinged(foreign(line))) for line in enclosing.lines(wanted.files)]
    return [MARK + line for line in (*warning, *words, *enclosed)]


# --- deciding ----------------------------------------------------------------------------------


def approve(exchange: Talk, argument: str, message: Message) -> None:
    """/approve NUMBER in a group: let a draft out."""
    _by_number(exchange, argument, message, "approve")


def reject(exchange: Talk, argument: str, message: Message) -> None:
    """/reject NUMBER in a group: it is not posted."""
    _by_number(exchange, argument, message, "reject")


def _by_number(exchange: Talk, argument: str, message: Message, option: str) -> None:
    open_ = talk.open_in_chat(exchange.tx, exchange.now, exchange.chat.id, KIND)
    wanted = argument.strip().lstrip("#")
    found = [q for q in open_ if str(talk.arguments(exchange.tx, q)["number"]) == wanted]
    if late.is_late(exchange.now, message.sent_at):
        exchange.say("came-late")  # what it was about may have changed since
    elif len(found) != 1:
        exchange.say("draft-none-such")
    else:
        decide(exchange, found[0], option)


def decide(exchange: Talk, question: Question, option: str) -> None:
    """An answer to a draft: it counts once, and only from whoever may at this moment."""
    arguments = talk.arguments(exchange.tx, question)
    number, wanted = arguments["number"], _wish(arguments)
    loans = [loan for loan in lent.here(exchange) if loan.account.id in wanted.named]
    gone = len(loans) != len(wanted.named)
    if not _may_decide(exchange, question, option, [] if gone else loans):
        lent.refuse(exchange, question, "draft-not-lent" if gone else "draft-not-yours", number=number)
    elif option == "approve" and _meets_quota(exchange, wanted, loans[0].account.user_id):
        return  # it waits, and may be let out later
    elif not dialog.close(exchange.tx, exchange.now, exchange.house, question):
        exchange.say("question-answered")
    elif option == "approve":
        _let_out(exchange, Named(wanted, tuple(loans)), question.user_id, number)
    else:
        exchange.say("draft-rejected", number=number, who=lent.person_name(exchange, exchange.user.id))
        _note(exchange, loans, "draft-rejected", number)


def _may_decide(exchange: Talk, question: Question, option: str, loans: list[Loan]) -> bool:
    """Who may post may let out and refuse; its author may take it back, if they are still there."""
    if option == "reject" and question.user_id == exchange.user.id:
        return exchange.sender is not None and not exchange.sender.outside
    return lent.may(exchange, loans)


def _let_out(exchange: Talk, named: Named, author: int, number: int) -> None:
    if people.user(exchange.tx, author).role in grants.SILENT:
        exchange.say("draft-none-such")
        return
    lent.publish(exchange, named, author, approver=exchange.user.id)
    exchange.say("draft-approved", number=number, who=lent.person_name(exchange, exchange.user.id))
    _note(exchange, list(named.loans), "draft-approved", number)


def _note(exchange: Talk, loans: list[Loan], what: str, number: int) -> None:
    for loan in loans:
        target = grants.target(loan.account.id, loan.grant.chat_id)
        keep.audit(exchange.tx, exchange.now, exchange.user.id, what, target, f"draft {number}")


def _wish(arguments: dict[str, Any]) -> Wish:
    return Wish(**{f.name: arguments[f.name] for f in fields(Wish) if f.name in arguments})


# --- looking -----------------------------------------------------------------------------------


def drafts(exchange: Talk, argument: str, message: Message) -> None:
    """/drafts: those that wait here; in a direct chat one's own, wherever they wait."""
    if exchange.chat.direct:
        waiting = talk.open_of_user(exchange.tx, exchange.now, exchange.user.id, KIND)
    elif exchange.sender is None or exchange.sender.outside:
        exchange.say("group-outside")
        return
    else:
        waiting = talk.open_in_chat(exchange.tx, exchange.now, exchange.chat.id, KIND)
    if not waiting:
        exchange.say("drafts-none")
        return
    lines = [_line(exchange, question) for question in waiting]
    exchange.write("\n".join([exchange.text("drafts-head"), *lines]))


def _line(exchange: Talk, question: Question) -> str:
    arguments = talk.arguments(exchange.tx, question)
    chat = people.chat_by_id(exchange.tx, question.chat_id)
    direct = exchange.chat.direct
    who = lent.title(chat) if direct else lent.person_name(exchange, question.user_id)
    text = one_line(str(unpinged(foreign(arguments["text"]))), EXCERPT)
    return exchange.text("drafts-line", number=arguments["number"], who=who, text=text)
