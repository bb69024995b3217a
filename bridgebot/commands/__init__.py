"""Commands: one definition each, from which the chat's help, menus and documentation are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from bridgebot.commands import (
    accounts,
    acts,
    again,
    aliases,
    apart,
    bookmarks,
    circles,
    compose,
    connecting,
    delivering,
    describing,
    digest,
    directly,
    drafts,
    export,
    feed,
    finding,
    forget,
    grammar,
    held,
    here,
    history,
    late,
    lending,
    me,
    memos,
    mirroring,
    operator,
    opml,
    own,
    parting,
    persons,
    polls,
    previewing,
    proving,
    quoting,
    reading,
    scheduling,
    signing,
    standing,
    timelines,
)
from bridgebot.commands.me import menu, welcome
from bridgebot.commands.operator import announcing, invites
from bridgebot.commands.rules import capped, show, sync
from bridgebot.commands.vocabulary import VOCABULARY
from bridgebot.commands.wishes import Wish, publish_asked
from bridgebot.dialog import Talk, awaited, chosen, close
from bridgebot.model import Message
from bridgebot.store import links, people, posts, talk
from bridgebot.store.rows import Question

Run = Callable[[Talk, str, Message], None]


@dataclass(frozen=True, slots=True)
class Definition:
    """A command: what it does, and where it may be used. Its words stand in the vocabulary."""

    name: str
    run: Run
    groups: bool = False  # True: in groups too; its body asks for the role it needs


def _approve(exchange: Talk, argument: str, message: Message) -> None:
    """Of whoever asks to follow; in a group, of a draft."""
    (persons.approve if exchange.chat.direct else drafts.approve)(exchange, argument, message)


def _reject(exchange: Talk, argument: str, message: Message) -> None:
    (persons.reject if exchange.chat.direct else drafts.reject)(exchange, argument, message)


_DEFINITIONS = (
    Definition("start", me.start),
    Definition("help", me.help_, groups=True),
    Definition("tour", me.tour),
    Definition("cancel", me.cancel, groups=True),
    Definition("status", me.status),
    Definition("settings", me.settings),
    Definition("language", me.language),
    Definition("timezone", me.timezone),
    Definition("pause", me.pause),
    Definition("resume", me.resume),
    Definition("held", held.held_),
    Definition("join", accounts.join),
    Definition("link", accounts.link, groups=True),
    Definition("accounts", standing.show),
    Definition("default", accounts.default),
    Definition("unlink", accounts.unlink),
    Definition("relink", accounts.relink),
    Definition("signin", signing.sign_in),
    Definition("connect", connecting.connect),
    Definition("disconnect", parting.disconnect),
    Definition("devices", standing.devices),
    Definition("post", compose.post, groups=True),
    Definition("draft", compose.draft, groups=True),
    Definition("drafts", drafts.drafts, groups=True),
    Definition("to", compose.to),
    Definition("preview", previewing.preview),
    Definition("cw", me.warning),
    Definition("vis", me.audience),
    Definition("lang", me.post_language),
    Definition("alt", describing.alt),
    Definition("memo", memos.memo),
    Definition("memos", memos.memos),
    Definition("share", memos.share),
    Definition("reply", compose.reply),
    Definition("fav", acts.favourite),
    Definition("unfav", acts.unfavourite),
    Definition("boost", acts.boost),
    Definition("unboost", acts.unboost),
    Definition("bookmark", acts.bookmark),
    Definition("unbookmark", acts.unbookmark),
    Definition("bookmarks", bookmarks.bookmarks),
    Definition("edit", own.edit),
    Definition("del", own.delete),
    Definition("undo", acts.undo),
    Definition("redo", again.redo),
    Definition("retry", again.retry),
    Definition("history", history.history),
    Definition("url", acts.url, groups=True),
    Definition("thread", acts.thread),
    Definition("quote", quoting.quote),
    Definition("poll", polls.poll),
    Definition("vote", polls.vote),
    Definition("schedule", scheduling.schedule),
    Definition("scheduled", scheduling.show),
    Definition("dm", directly.dm),
    Definition("whois", persons.whois),
    Definition("follow", persons.follow),
    Definition("unfollow", persons.unfollow),
    Definition("mute", apart.mute),
    Definition("unmute", apart.unmute),
    Definition("block", apart.block),
    Definition("unblock", apart.unblock),
    Definition("requests", persons.requests),
    Definition("approve", _approve, groups=True),
    Definition("reject", _reject, groups=True),
    Definition("lock", persons.lock),
    Definition("report", persons.report),
    Definition("alias", aliases.alias),
    Definition("home", timelines.home),
    Definition("mentions", timelines.mentions),
    Definition("tag", timelines.tag),
    Definition("list", timelines.list_),
    Definition("search", persons.search),
    Definition("read", signing.page),
    Definition("get", persons.get),
    Definition("feed", feed.feed, groups=True),
    Definition("opml", opml.opml),
    Definition("mirror", mirroring.mirror, groups=True),
    Definition("sync", sync.sync, groups=True),
    Definition("routes", show.show_routes, groups=True),
    Definition("filter", show.filter_, groups=True),
    Definition("on", delivering.switch_on, groups=True),
    Definition("off", delivering.switch_off, groups=True),
    Definition("digest", digest.digest, groups=True),
    Definition("export", export.export),
    Definition("forget", forget.forget),
    Definition("privacy", export.privacy),
    Definition("here", here.here, groups=True),
    Definition("grant", lending.grant, groups=True),
    Definition("grants", lending.show, groups=True),
    Definition("revoke", lending.revoke, groups=True),
    Definition("invite", invites.by_user),
    Definition("admin", operator.admin),
)
COMMANDS = {definition.name: definition for definition in _DEFINITIONS}


def run(exchange: Talk, command: grammar.Command, message: Message) -> None:
    """Run a command where it may be used; elsewhere say so, and nothing else."""
    definition = COMMANDS[command.name]
    came_late = late.is_late(exchange.now, message.sent_at)
    if came_late and command.name == "cancel":
        exchange.say("nothing-to-cancel")  # whoever wrote it had not seen the question that is open now
    elif came_late and command.name in late.GATHERED and exchange.chat.direct:
        late.gather_command(exchange, command.name, command.argument, message)
    elif exchange.chat.direct or definition.groups:
        definition.run(exchange, command.argument, message)
    else:
        exchange.say("direct-only", name=command.name)
        if command.name == "admin":
            operator.refused(exchange, command.argument)


# --- answers to questions ----------------------------------------------------------------------


def answer(exchange: Talk, reading: grammar.Reading, message: Message) -> bool:
    """Take a message as the answer to an open question, the latest that it fits; False when it is none."""
    if finding.answered(exchange, message) is not None:
        return False  # a native answer to a post is meant for that
    for question in awaited(exchange):
        option = chosen(exchange.house, question, message.text)
        if option is not None:
            choose(exchange, question, option)
        elif not question.options and isinstance(reading, grammar.Near):
            exchange.say("near-command", name=reading.name)
        elif not question.options:
            _free_text(exchange, question, message)
        else:
            continue
        return True
    return False


def choose(exchange: Talk, question: Question, option: str) -> None:
    """An option was named or pressed; it counts once, and only if whoever says it may say so now."""
    if question.kind in _OF_GROUPS:
        _OF_GROUPS[question.kind](exchange, question, option)
    elif question.kind in _OF_ADMINISTRATORS and not exchange.administers:
        exchange.say("admins-only")
    elif close(exchange.tx, exchange.now, exchange.house, question):
        arguments = talk.arguments(exchange.tx, question)
        _CHOICES[question.kind](exchange, arguments, option)


def _free_text(exchange: Talk, question: Question, message: Message) -> None:
    """Linking asks for text, and so do [Reply] and /forget."""
    talk.close_question(exchange.tx, question.id)
    arguments = talk.arguments(exchange.tx, question)
    if question.kind == "reply":
        compose.reply_asked(exchange, arguments["post"], message)
    elif question.kind == "forget-word":
        forget.typed(exchange, arguments, message)
    elif question.kind == proving.CODE:
        proving.typed(exchange, arguments, message.text)
    else:
        if arguments.get("secret"):
            exchange.take_away(message.id)
        if not _answer_link(exchange, arguments["request"], message.text.strip()):
            exchange.say("question-over")


def _answer_link(exchange: Talk, request_id: int, answer: str) -> bool:
    return links.answered(exchange.tx, exchange.now, exchange.user.id, request_id, answer)


def _wish(arguments: dict[str, Any]) -> Wish:
    return Wish(**{f.name: arguments[f.name] for f in fields(Wish) if f.name in arguments})


def _confirmed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    if option == "no":
        exchange.say("not-posted")
        return
    left = max(exchange.user.asks_left - 1, 0)
    people.set_user(exchange.tx, exchange.user.id, asks_left=left)
    publish_asked(exchange, _wish(arguments))


def _plain_mode(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """What plain text is from now on; the text that led to the question is not forgotten."""
    people.set_user(exchange.tx, exchange.user.id, plain=option)
    exchange.say(f"plain-{option}")
    compose.confirm(exchange, _wish(arguments), "confirm-first")


def _run_late(exchange: Talk, name: str, argument: str, message: Message) -> None:
    COMMANDS[name].run(exchange, argument, message)


def _late(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    late.answered(exchange, arguments, option, _run_late)


def _late_one(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    late.answered_one(exchange, arguments, option, _run_late)


def _words(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    match option:
        case "post":
            publish_asked(exchange, _wish(arguments))
        case "no":
            exchange.say("not-posted")
        case _:
            asked = Message(
                "",
                exchange.chat.native(),
                people.nobody(),
                arguments["message"],
                arguments["text"],
                exchange.now,
                arguments["reply_to"],
                spans=_wish(arguments).rich.spans,
            )
            COMMANDS[arguments["name"]].run(exchange, arguments["argument"], asked)


def _undo(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    if option == "undo" and not acts.may_take_back(exchange, arguments["inbox"]):
        exchange.say("question-over")
    elif option == "undo":
        acts.take_back(exchange, arguments["inbox"])
    else:
        exchange.say("undo-kept")


def _unconfirmed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    again.unconfirmed(exchange, arguments["delivery"], option)


def _vote(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    polls.pressed(exchange, posts.post(exchange.tx, arguments["post"]), arguments, option)


def _parked(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    again.parked(exchange, arguments["delivery"], option)


_CHOICES: dict[str, Callable[[Talk, dict[str, Any], str], None]] = {
    "confirm": _confirmed,
    previewing.KIND: _confirmed,
    "plain-mode": _plain_mode,
    "near": lambda exchange, arguments, option: publish_asked(exchange, _wish(arguments)),
    "words": _words,
    "unlink": accounts.unlink_asked,
    "undo": _undo,
    "unconfirmed": _unconfirmed,
    "relink": accounts.relink_pressed,
    "held": held.answered,
    "held-one": held.answered_one,
    "held-items": held.answered_items,
    capped.KIND: capped.answered,
    announcing.KIND: announcing.answered,
    late.ALL: _late,
    late.ONE: _late_one,
    proving.OPEN: proving.opened,
    proving.CONFIRM: proving.confirmed,
    "parked": _parked,
    "replace": lambda exchange, arguments, option: again.replace(exchange, arguments["delivery"], option),
    "circle": circles.answered,
    "withheld": circles.about_post,
    circles.THEIRS: circles.about_theirs,
    connecting.JOIN: connecting.joined,
    connecting.CONFIRM: connecting.confirmed,
    connecting.DISCONNECT: parting.pressed,
    standing.ACCOUNT: standing.pressed,
    standing.DEVICES: standing.revoke,
    "export": export.answered,
    "forget": forget.chosen,
    "forget-sure": forget.confirmed,
    "lend": lending.lend_asked,
    reading.CHOOSE: reading.chosen,
    "vote": _vote,
    scheduling.KIND: scheduling.pressed,
    scheduling.ASKED_LATE: _confirmed,
    "follow-request": persons.decide_asked,
    "block": apart.confirmed,
    "kept-off": apart.taken_back,
}
# Questions to a group, which decide themselves whether an answer counts; and those to whoever let posts into
# a group, which count only while they administer it.
_OF_GROUPS: dict[str, Callable[[Talk, Question, str], None]] = {
    "draft": drafts.decide,
    "loan": lending.decide,
}
_OF_ADMINISTRATORS = frozenset({"held-items"})

__all__ = ["COMMANDS", "VOCABULARY", "answer", "choose", "menu", "run", "welcome"]
