"""From what a person typed to a post: when to ask, and the commands that post."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import regex

from bridgebot import flow
from bridgebot.commands import drafts, enclosing, grammar, late, lent
from bridgebot.commands.finding import answered, meant_with_text
from bridgebot.commands.wishes import (
    Wish,
    account_names,
    anywhere_to_go,
    as_written,
    forget_next,
    is_misnamed,
    is_open,
    meant_for,
    networks,
    publish,
    targets,
    titles,
    visible,
    wish,
    with_targets,
)
from bridgebot.dialog import Talk
from bridgebot.model import Audience, Message
from bridgebot.render import choice_lines, clock
from bridgebot.store import people, talk
from bridgebot.store.rows import Post, User

SAME_TEXT = timedelta(minutes=2)

PUBLISHING = (
    "post",
    "preview",
    "draft",
    "to",
    "reply",
    "memo",
)  # commands whose argument is the text of a post

_NAMES = regex.compile(r"\s*([^\s,，、]+(?:\s*[,，、]\s*[^\s,，、]+)*)\s+(.*)", regex.DOTALL)


# --- plain text --------------------------------------------------------------------------------


def plain(exchange: Talk, reading: grammar.Reading, message: Message) -> None:
    """A message that is no command: a post, after every doubt was asked about."""
    match reading:
        case grammar.Secret():
            refuse_secret(exchange, reading)
        case grammar.Near():
            text = exchange.text("near-command", name=_near_words(reading))
            wanted = _as_typed(exchange, message, message.text)
            exchange.ask("near", text, asdict(wanted), ("post-anyway",), hint=False)
        case grammar.Words():
            _ask_which(exchange, reading, message)
        case grammar.Text():
            _plain_post(exchange, message, reading.text, greeting=False)
        case grammar.Greeting():
            _plain_post(exchange, message, message.text, greeting=True)


def _as_typed(exchange: Talk, message: Message, text: str) -> Wish:
    """Plain text: a native answer to a post is a reply, `+name` and `-name` in front choose accounts."""
    parent = answered(exchange, message)
    return with_targets(exchange, wish(exchange, message, text, parent=parent.id if parent else None))


def refuse_secret(exchange: Talk, secret: grammar.Secret) -> None:
    """It is neither posted nor kept, and its owner is told to revoke it."""
    exchange.say("secret-refused", kind=exchange.text(f"secret-{secret.kind}"))


def _near_words(near: grammar.Near) -> str:
    """The command that was probably meant, with the post that it names."""
    return f"{near.name} {near.argument}" if grammar.is_short_id(near.argument.lower()) else near.name


def _ask_which(exchange: Talk, reading: grammar.Words, message: Message) -> None:
    text = exchange.text("words-command", name=reading.name)
    command = {"name": reading.name, "argument": reading.argument, "reply_to": message.reply_to}
    arguments = asdict(_as_typed(exchange, message, message.text)) | command
    exchange.ask("words", text, arguments, ("command", "post", "no"))


def _plain_post(exchange: Talk, message: Message, text: str, *, greeting: bool) -> None:
    repeated = _repeated(exchange, message)
    wanted = _as_typed(exchange, message, text)
    if not wanted.shows:
        exchange.say("nothing-to-post")
        return
    chosen = anywhere_to_go(exchange, wanted)
    if chosen is None:
        return
    if late.is_late(exchange.now, message.sent_at):
        late.gather(exchange, message, wanted)
        return
    if exchange.user.plain is None:
        options = ("post", "ask", "command")
        exchange.ask("plain-mode", exchange.text("plain-mode-ask"), asdict(wanted), options)
        return
    doubt = why_ask(
        exchange.user,
        misnamed=is_misnamed(exchange, wanted),
        repeated=repeated,
        greeting=greeting,
        unclear_reply=message.reply_to is not None and wanted.parent is None,
        undescribed=wanted.undescribed,
    )
    if doubt is None:
        publish(exchange, wanted, chosen)
    else:
        confirm(exchange, wanted, doubt)


def why_ask(
    user: User,
    *,
    repeated: bool,
    greeting: bool,
    unclear_reply: bool,
    undescribed: bool = False,
    misnamed: bool = False,
) -> str | None:
    """The reason to ask before posting plain text, as a text key, or None. Pure."""
    if repeated:
        return "confirm-repeated"
    if greeting:
        return "confirm-greeting"
    if unclear_reply:
        return "confirm-reply"
    if misnamed:
        return "confirm-misnamed"
    if user.plain == "command":
        return "confirm-command"
    if user.describes and undescribed:
        return "confirm-alt"
    if user.plain == "ask":
        return "confirm-ask"
    return "confirm-first" if user.asks_left > 0 else None


def _repeated(exchange: Talk, message: Message) -> bool:
    """Whether the same was written here a moment ago; the text itself is not kept."""
    if not message.event or exchange.cause_id is None:
        return False  # handled anew: it was looked at when it came
    return talk.same_text(exchange.tx, exchange.now, exchange.cause_id, SAME_TEXT)


def confirm(
    exchange: Talk,
    wanted: Wish,
    reason: str,
    *,
    kind: str = "confirm",
    life: timedelta = talk.QUESTION_LIFE,
) -> None:
    """Show the post with its targets and audience, and ask."""
    audience, warning = meant_for(exchange, wanted)
    names = titles(exchange, wanted, audience, warning)
    if warning is None and any(flow.must_warn(wanted.rich.spans, n) for n in networks(exchange, wanted)):
        warning = exchange.text("warning-spoiler")
    text = exchange.text(
        "confirm-post",
        reason=exchange.text(reason),
        networks=exchange.listed(names),
        audience=exchange.text(f"audience-{audience.value}"),
        text=as_written(exchange, "\n".join(whole(wanted, warning))),
    )
    text = "\n".join([text, *_notes(exchange, wanted)])
    ask(exchange, wanted, text, ("post", "no"), kind=kind, life=life)


def ask(
    exchange: Talk,
    wanted: Wish,
    text: str,
    options: tuple[str, ...],
    *,
    kind: str = "confirm",
    life: timedelta = talk.QUESTION_LIFE,
) -> None:
    """Ask whether it is to leave."""
    exchange.ask(kind, text, asdict(wanted), options, foreign=not exchange.chat.direct, life=life)


def whole(wanted: Wish, warning: str | None) -> list[str]:
    """Everything that will be seen of it, in lines."""
    poll, shows = wanted.asked, wanted.quoting
    return [
        *([f"⚠ {warning}"] if warning else []),
        *([wanted.text] if wanted.text or not wanted.files else []),
        *enclosing.lines(wanted.files),
        *(choice_lines(poll) if poll is not None else []),
        *([f"↪ {shows.handle} {shows.url}"] if shows is not None else []),
    ]


def _notes(exchange: Talk, wanted: Wish) -> list[str]:
    """How long a poll is open, and where it goes in words."""
    poll = wanted.asked
    if poll is None or poll.ends_at is None:
        return []
    zone = exchange.user.timezone or exchange.house.timezone
    lines = [exchange.text("poll-until", time=clock(poll.ends_at, exchange.now, zone))]
    if poll.multiple:
        lines.append(exchange.text("poll-multiple"))
    without = [
        exchange.house.title(account.adapter)
        for account in targets(exchange, wanted)
        if not flow.able(account, exchange.house.network(account.adapter), "polls")
    ]
    notes = [f"📊 {' · '.join(lines)}"]
    return [*notes, exchange.text("loss-poll", networks=exchange.listed(without))] if without else notes


# --- commands that post ------------------------------------------------------------------------


def post(exchange: Talk, argument: str, message: Message) -> None:
    """/post TEXT: to the default targets, or `+name` and `-name` in front; in a group that may be an account
    which is lent to it.
    """
    wanted = wish(exchange, message, argument)
    if exchange.chat.direct or not _with_loan(exchange, message, wanted):
        command_post(exchange, message, wanted)


def draft(exchange: Talk, argument: str, message: Message) -> None:
    """/draft +NAME TEXT: what somebody else is to look at first, though its writer might post it."""
    if exchange.chat.direct:
        exchange.say("group-only", name="draft")
    elif not _with_loan(exchange, message, wish(exchange, message, argument), asked=True):
        exchange.say("usage-draft", names=lent.loan_names(exchange, lent.here(exchange)) or "–")


def _with_loan(exchange: Talk, message: Message, wanted: Wish, *, asked: bool = False) -> bool:
    """Whether that was all: it named an account that is lent to the group, or one that there is not."""
    read = lent.read(exchange, wanted)
    if read is None:
        return False
    if isinstance(read, str):
        exchange.write(read)
    elif is_postable(exchange, read.wish) and is_open(
        exchange, Audience(read.wish.audience or Audience.PUBLIC)
    ):
        forget_next(exchange)
        doubtful = late.is_late(exchange.now, message.sent_at) or _repeated(exchange, message)
        drafts.post(exchange, read, asked=asked or doubtful)
    return True


def to(exchange: Talk, argument: str, message: Message) -> None:
    """/to NAMES TEXT."""
    names, text = to_names(argument)
    accounts = [people.account_named(exchange.tx, exchange.user.id, name) for name in names]
    if not accounts or None in accounts or not (visible(text) or message.media):
        exchange.say("to-usage", names=account_names(exchange))
        return
    named = [account.id for account in accounts if account is not None]
    command_post(exchange, message, wish(exchange, message, text, named=named))


def to_names(argument: str) -> tuple[list[str], str]:
    """The names in front, separated by commas, and the text as typed. Pure."""
    found = _NAMES.fullmatch(argument)
    return (regex.split(r"\s*[,，、]\s*", found.group(1)), found.group(2)) if found else ([], "")


def reply(exchange: Talk, argument: str, message: Message) -> None:
    """/re ID TEXT, or /re TEXT as a native answer."""
    parent, text = meant_with_text(exchange, argument, message)
    if parent is None:
        return
    if not visible(text) and not message.media:
        exchange.say("usage-reply")
    else:
        command_post(exchange, message, wish(exchange, message, text, parent=parent.id))


def reply_asked(exchange: Talk, parent_id: int, message: Message) -> None:
    """The words that a pressed [Reply] asked for."""
    command_post(exchange, message, wish(exchange, message, message.text, parent=parent_id))


def refuse_reply(exchange: Talk, found: Post) -> bool:
    """Whether none of the user's accounts can answer the post; then that is said."""
    return anywhere_to_go(exchange, Wish("", "", parent=found.id)) is None


def command_post(exchange: Talk, message: Message, wanted: Wish) -> None:
    """Post what was plainly meant to be posted, after the few doubts that are left."""
    wanted = with_targets(exchange, wanted)
    if not is_postable(exchange, wanted) or not is_open(exchange, meant_for(exchange, wanted)[0]):
        return
    if (chosen := anywhere_to_go(exchange, wanted)) is None:
        return
    if late.is_late(exchange.now, message.sent_at):
        late.gather(exchange, message, wanted)
    elif _repeated(exchange, message):
        confirm(exchange, wanted, "confirm-repeated")
    elif is_misnamed(exchange, wanted):
        confirm(exchange, wanted, "confirm-misnamed")
    elif exchange.user.describes and wanted.undescribed:
        confirm(exchange, wanted, "confirm-alt")
    else:
        publish(exchange, wanted, chosen)


def is_postable(exchange: Talk, wanted: Wish) -> bool:
    """Whether there is something in it to be posted, and no secret; else that was said."""
    choices = wanted.asked.choices if wanted.asked is not None else ()
    secret = grammar.secret("\n".join((wanted.text, *choices, *(file["alt"] for file in wanted.files))))
    if secret is not None:
        refuse_secret(exchange, secret)
    elif not wanted.shows:
        exchange.say("nothing-to-post")
    else:
        return True
    return False
