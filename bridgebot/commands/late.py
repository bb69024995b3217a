"""What was written long before it reached the bot: gathered into one question for each chat.

Gathered is what others would see, posts and the commands that publish, and `/undo`, which now would
take back something else than was meant. Every other command names what it is about and is seen by
nobody else, or can be taken back: it runs when it comes, in its order. `/memo` keeps what nobody
else reads. No late message answers a question, for its writer had not seen it, and `/cancel` ends none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bridgebot import dialog
from bridgebot.commands import enclosing
from bridgebot.commands.wishes import Wish, as_written, forget_next, meant_for, publish_asked, titles
from bridgebot.dialog import Talk
from bridgebot.model import Edit, Message, Span
from bridgebot.render import one_line
from bridgebot.store import deliveries, people, posts, talk
from bridgebot.store.rows import Question, listed

LATE = timedelta(minutes=10)
LIFE = timedelta(days=1)  # of the question: whoever was cut off may come back tomorrow
GATHERING = timedelta(seconds=1.5)  # more of them may be on their way
GATHERING_ONCE = timedelta(seconds=5)  # the same, where what was asked cannot be changed any more
LONGEST_GATHERING = timedelta(seconds=15)
MOST = 100  # messages in one question
LISTED = 10  # of them that it shows
EXCERPT = 60  # graphemes of each
GATHERED = ("share", "boost", "edit", "undo")  # commands; those whose argument is a post come as wishes
ALL, ONE = "late", "late-one"  # kinds of the question: about all of them, about the first

Run = Callable[[Talk, str, str, Message], None]  # a command: exchange, name, argument, message


@dataclass(frozen=True, slots=True)
class Late:
    """A message that waits in the question. Plain JSON, so that the question can keep it."""

    message: str  # its native id
    typed: str
    spans: list[list[Any]]
    written: float  # seconds since 1970
    reply_to: str | None
    cause: int | None  # the inbox row: what comes of it is taken back with it, not with the others
    wish: dict[str, Any] | None = None  # the post that it would be
    files: enclosing.Files = field(default_factory=list)  # that came with it
    place: str = ""  # where that would go and who would read it, when it came
    command: list[str] = field(default_factory=list)  # else: name and argument
    fresh: bool = True  # False: it was edited, and what it says now is being read


def is_late(now: datetime, written: datetime) -> bool:
    """Whether a message took so long that its writer may not mean it any more. Pure."""
    return now - written > LATE


# --- gathering ---------------------------------------------------------------------------------


def gather(exchange: Talk, message: Message, wanted: Wish) -> None:
    """Put a post to be into the chat's one question."""
    forget_next(exchange)
    place = _place(exchange, wanted)
    _add(exchange, replace(_late(exchange, message), wish=asdict(wanted), place=place))


def gather_command(exchange: Talk, name: str, argument: str, message: Message) -> None:
    """Put a command into it."""
    _add(exchange, replace(_late(exchange, message), command=[name, argument]))


def _late(exchange: Talk, message: Message) -> Late:
    spans, written = listed(message.spans), message.sent_at.timestamp()
    late = Late(message.id, message.text, spans, written, message.reply_to, exchange.cause_id)
    return replace(late, files=enclosing.enclosed(exchange, message, None))


def _add(exchange: Talk, one: Late) -> None:
    question = _about(exchange, one.message) or _open(exchange)
    if question is None:
        _ask(exchange, [one])
        return
    waiting = _waiting(exchange, question)
    places = [place for place, other in enumerate(waiting) if other.message == one.message]
    if places:
        waiting[places[0]] = _instead(waiting[places[0]], one)
    else:
        waiting.append(one)
    _change(exchange, question, waiting, shown_changes=not places or places[0] == 0)


def _instead(old: Late, new: Late) -> Late:
    """The edited message: what was chosen for it before stays, and so does its cause."""
    if old.wish is not None and new.wish is not None:
        chosen = {name: old.wish[name] for name in ("audience", "warning", "language")}
        new = replace(new, wish=new.wish | chosen, place=old.place)
    return replace(new, cause=old.cause)


def _open(exchange: Talk) -> Question | None:
    """The question that takes one more."""
    return next((q for q in _questions(exchange) if len(_waiting(exchange, q)) < MOST), None)


def _about(exchange: Talk, message_id: str) -> Question | None:
    """The question in which a message waits."""
    there = (q for q in _questions(exchange) if any(o.message == message_id for o in _waiting(exchange, q)))
    return next(there, None)


def _questions(exchange: Talk) -> list[Question]:
    questions = talk.open_questions(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    return [question for question in questions if question.kind in (ALL, ONE)]


def _waiting(exchange: Talk, question: Question) -> list[Late]:
    return _read(talk.arguments(exchange.tx, question)["waiting"])


def _read(kept: Sequence[dict[str, Any]]) -> list[Late]:
    names = {f.name for f in fields(Late)}
    return [Late(**{name: value for name, value in one.items() if name in names}) for one in kept]


# --- asking ------------------------------------------------------------------------------------


def _ask(exchange: Talk, waiting: Sequence[Late]) -> None:
    """Ask about all of them, in a moment: more may be on their way."""
    arguments: dict[str, Any] = {"waiting": [asdict(one) for one in waiting]}
    options = _options(waiting)
    question_id, told = exchange.ask(ALL, _text(exchange, waiting), arguments, options, life=LIFE)
    if told is not None:
        arguments |= {"told": told}
        talk.change_question(exchange.tx, exchange.now, question_id, arguments, options, LIFE)
        shown = deliveries.delivery(exchange.tx, told).arguments | _shows(waiting)
        deliveries.change(exchange.tx, told, arguments=shown, due_at=exchange.now + _moment(exchange))


def _moment(exchange: Talk) -> timedelta:
    """How long the question waits for another message."""
    network = exchange.house.network(exchange.chat.adapter)
    changes = network is not None and network.chat is not None and network.chat.edit
    return GATHERING if changes else GATHERING_ONCE


def _options(waiting: Sequence[Late]) -> tuple[str, ...]:
    return ("post-all", "choose", "drop") if len(waiting) > 1 else ("post", "no")


def _shows(waiting: Sequence[Late]) -> dict[str, Any]:
    return {"shows": [one.message for one in waiting]}


def _change(exchange: Talk, question: Question, waiting: Sequence[Late], *, shown_changes: bool) -> None:
    """Keep what waits now, and let the question say so where it stands; where it cannot, ask anew."""
    tx, now = exchange.tx, exchange.now
    arguments = talk.arguments(tx, question) | {"waiting": [asdict(one) for one in waiting]}
    options = question.options if question.kind == ONE else _options(waiting)
    talk.change_question(tx, now, question.id, arguments, options, LIFE)
    if question.kind == ONE:
        if shown_changes and waiting:
            dialog.close(tx, now, exchange.house, question)
            _walk(exchange, waiting)
        return
    told = deliveries.delivery(tx, arguments["told"])
    due = min(now + _moment(exchange), max(told.created_at + LONGEST_GATHERING, now))
    text = _text(exchange, waiting)
    if not dialog.retell(tx, exchange.house, told, text, due, now, **_shows(waiting)):
        dialog.close(tx, now, exchange.house, question)
        _ask(exchange, waiting)


def _text(exchange: Talk, waiting: Sequence[Late]) -> str:
    """How many, where they go, and the first of them."""
    places = {one.place for one in waiting}
    same = next(iter(places)) if len(places) == 1 else ""
    lines = [exchange.text("late-ask", count=len(waiting))]
    if same:
        lines.append(exchange.text("late-to", place=same))
    for one in waiting[:LISTED]:
        words = " ".join([one_line(one.typed, EXCERPT), *enclosing.lines(one.files)[:1]]).strip()
        lines.append(f"· {words} → {one.place}" if one.place and not same else f"· {words}")
    if len(waiting) > LISTED:
        lines.append(exchange.text("late-more", count=len(waiting) - LISTED))
    return "\n".join(lines)


def _place(exchange: Talk, wanted: Wish) -> str:
    """Where a post would go and who would read it."""
    audience, warning = meant_for(exchange, wanted)
    names = exchange.listed(titles(exchange, wanted, audience, warning))
    return exchange.text("late-place", networks=names, audience=exchange.text(f"audience-{audience.value}"))


# --- the message changes meanwhile ---------------------------------------------------------------


def anew(exchange: Talk, edit: Edit) -> Message | None:
    """An edited message that waits, to be read as if it had come so; None when it does not wait."""
    question = _about(exchange, edit.id)
    if question is None:
        return None
    waiting = _waiting(exchange, question)
    old = next(one for one in waiting if one.message == edit.id)
    stale = [replace(one, fresh=False) if one is old else one for one in waiting]
    arguments = talk.arguments(exchange.tx, question) | {"waiting": [asdict(one) for one in stale]}
    talk.change_question(exchange.tx, exchange.now, question.id, arguments, question.options, LIFE)
    written = datetime.fromtimestamp(old.written, tz=UTC)
    message = Message("", edit.chat, edit.sender, edit.id, edit.text, written, old.reply_to)
    return replace(message, spans=edit.spans, media=enclosing.media_of(old.files))


def settle(exchange: Talk, message_id: str) -> None:
    """After an edited message was read: if nothing of it is to be asked about, it waits no longer."""
    question = _about(exchange, message_id)
    if question is not None and not all(one.fresh for one in _waiting(exchange, question)):
        withdraw(exchange, message_id)


def withdraw(exchange: Talk, message_id: str) -> bool:
    """A message was taken back; whether it was one that waits here."""
    question = _about(exchange, message_id)
    if question is None:
        return False
    waiting = _waiting(exchange, question)
    left = [one for one in waiting if one.message != message_id]
    if left:
        _change(exchange, question, left, shown_changes=waiting[0].message == message_id)
    elif dialog.close(exchange.tx, exchange.now, exchange.house, question):
        _take_question_back(exchange, question)
    return True


def _take_question_back(exchange: Talk, question: Question) -> None:
    """Nothing is left to ask about: a question that was not asked yet never is."""
    told = talk.arguments(exchange.tx, question).get("told")
    if told is not None and dialog.unsaid(exchange.tx, deliveries.delivery(exchange.tx, told)):
        deliveries.end(exchange.tx, exchange.now, told, "cancelled")
    else:
        exchange.say("not-posted")


# --- answers -----------------------------------------------------------------------------------


def answered(exchange: Talk, arguments: dict[str, Any], option: str, run: Run) -> None:
    """[Post all] [Choose] [Drop], or [Post] [No]: about what was shown. The others are asked about next."""
    waiting = _read(arguments["waiting"])
    seen = _seen(exchange, arguments.get("told"))
    shown = [one for one in waiting if one.message in seen]
    match option:
        case "choose":
            _walk(exchange, waiting)
            return
        case "post" | "post-all":
            _post(exchange, shown, run)
        case _:
            exchange.say("not-posted")
    if len(shown) < len(waiting):
        _ask(exchange, [one for one in waiting if one.message not in seen])


def _seen(exchange: Talk, told: int | None) -> set[str]:
    """The messages that the question as the chat shows it is about."""
    if told is None:
        return set()
    first = deliveries.delivery(exchange.tx, told)
    changes = deliveries.after(exchange.tx, told)
    shown = [first] if not dialog.unsaid(exchange.tx, first) else []
    shown += [change for change in changes if change.state == "sent"]
    return {message for delivery in shown for message in delivery.arguments["shows"]}


def answered_one(exchange: Talk, arguments: dict[str, Any], option: str, run: Run) -> None:
    """[Post] [Drop] [Post the rest] [Drop the rest], then the next."""
    [first, *rest] = _read(arguments["waiting"])
    match option:
        case "post-rest":
            _post(exchange, [first, *rest], run)
        case "drop-rest":
            exchange.say("late-dropped", count=len(rest) + 1)
        case _:
            if option == "post":
                _post(exchange, [first], run)
            _walk(exchange, rest)


def _walk(exchange: Talk, waiting: Sequence[Late]) -> None:
    if not waiting:
        exchange.say("late-done")
        return
    first = waiting[0]
    text = exchange.text("late-one", left=len(waiting))
    lines = [
        text,
        *([exchange.text("late-to", place=first.place)] if first.place else []),
        as_written(exchange, first.typed),
    ]
    options = ("post", "drop", "post-rest", "drop-rest") if len(waiting) > 1 else ("post", "drop")
    arguments = {"waiting": [asdict(one) for one in waiting]}
    exchange.ask(ONE, "\n".join(lines), arguments, options, life=LIFE)


def _post(exchange: Talk, chosen: Sequence[Late], run: Run) -> None:
    """In the order in which they were written, each as its own doing."""
    left = max(exchange.user.asks_left - sum(one.wish is not None for one in chosen), 0)
    people.set_user(exchange.tx, exchange.user.id, asks_left=left)
    for one in chosen:
        alone = replace(exchange, user=people.user(exchange.tx, exchange.user.id), cause_id=one.cause)
        if one.wish is not None:
            publish_asked(alone, _wish(alone, one))
        else:
            spans = tuple(Span(*span) for span in one.spans)
            message = Message(
                "",
                exchange.chat.native(),
                people.nobody(),
                one.message,
                one.typed,
                exchange.now,
                one.reply_to,
                spans=spans,
                media=enclosing.media_of(one.files),
            )
            name, argument = one.command
            run(alone, name, argument, message)


def _wish(exchange: Talk, one: Late) -> Wish:
    """The post; what it answers may have waited beside it, and be a post by now."""
    wanted = Wish(**(one.wish or {}))
    if wanted.parent is not None or one.reply_to is None:
        return wanted
    parent = posts.by_message(exchange.tx, exchange.chat, one.reply_to)
    return replace(wanted, parent=parent.id if parent is not None else None)
