"""From what a person typed to a post: when to ask, where it goes, and changing it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from bridgebot import flow
from bridgebot.commands import grammar
from bridgebot.commands.vocabulary import VOCABULARY
from bridgebot.dialog import Talk
from bridgebot.flow import Met, Target
from bridgebot.model import Audience, Author, Edit, Message
from bridgebot.store import deliveries, faces, people, posts, routes, talk
from bridgebot.store.posts import Spot
from bridgebot.store.rows import Post, User

LATE = timedelta(minutes=10)

PUBLISHING = ("post", "to", "reply", "memo")  # commands whose argument is the text of a post


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants posted. Plain JSON, so that a question can keep it."""

    text: str
    message: str  # native id of the chat message
    parent: int | None = None  # stored post that it answers
    named: list[int] = field(default_factory=list)  # accounts
    excluded: list[int] = field(default_factory=list)
    memo: bool = False
    written: float = 0.0  # when, as seconds since 1970


def wish(message: Message, text: str, **more: object) -> Wish:
    return replace(Wish(text, message.id, written=message.sent_at.timestamp()), **more)  # type: ignore[arg-type]


# --- plain text --------------------------------------------------------------------------------


def plain(exchange: Talk, reading: grammar.Reading, message: Message, *, repeated: bool) -> None:
    """A message that is no command: a post, after every doubt was asked about."""
    match reading:
        case grammar.Secret():
            exchange.say("secret-refused", kind=exchange.text(f"secret-{reading.kind}"))
        case grammar.Near():
            text = exchange.text("near-command", name=reading.name)
            exchange.ask("near", text, asdict(wish(message, message.text)), ("post-anyway",), hint=False)
        case grammar.Words():
            text = exchange.text("words-command", name=reading.name)
            arguments = asdict(wish(message, message.text)) | {
                "name": reading.name,
                "argument": reading.argument,
            }
            exchange.ask("words", text, arguments, ("command", "post", "no"))
        case grammar.Text() | grammar.Greeting():
            text = reading.text if isinstance(reading, grammar.Text) else message.text
            _plain_post(
                exchange, message, text, greeting=isinstance(reading, grammar.Greeting), repeated=repeated
            )


def _plain_post(exchange: Talk, message: Message, text: str, *, greeting: bool, repeated: bool) -> None:
    if not text.strip():
        exchange.say("nothing-to-post")
        return
    parent = posts.by_message(exchange.tx, exchange.chat, message.reply_to)
    wanted = _with_targets(exchange, wish(message, text, parent=parent.id if parent else None))
    if not _anywhere_to_go(exchange, wanted):
        return
    if exchange.user.plain is None:
        arguments = asdict(wanted)
        exchange.ask("plain-mode", exchange.text("plain-mode-ask"), arguments, ("post", "ask", "command"))
        return
    doubt = why_ask(
        exchange.user,
        late=is_late(exchange.now, message.sent_at),
        repeated=repeated,
        greeting=greeting,
        unclear_reply=message.reply_to is not None and parent is None,
    )
    if doubt is None:
        publish(exchange, wanted)
    else:
        confirm(exchange, wanted, doubt)


def why_ask(user: User, *, late: bool, repeated: bool, greeting: bool, unclear_reply: bool) -> str | None:
    """The reason to ask before posting plain text, as a text key, or None. Pure."""
    if late:
        return "confirm-late"
    if repeated:
        return "confirm-repeated"
    if greeting:
        return "confirm-greeting"
    if unclear_reply:
        return "confirm-reply"
    if user.plain == "command":
        return "confirm-command"
    if user.plain == "ask":
        return "confirm-ask"
    return "confirm-first" if user.asks_left > 0 else None


def is_late(now: datetime, written: datetime) -> bool:
    """Whether a message took so long that its writer may not mean it any more. Pure."""
    return now - written > LATE


def confirm(exchange: Talk, wanted: Wish, reason: str) -> None:
    """Show the post with its targets and audience, and ask."""
    audience, _ = _meant_for(exchange, wanted)
    names = ", ".join(_titles(exchange, _targets(exchange, wanted)))
    text = exchange.text(
        "confirm-post",
        reason=exchange.text(reason),
        networks=names,
        audience=exchange.text(f"audience-{audience.value}"),
        text=wanted.text,
    )
    exchange.ask("confirm", text, asdict(wanted), ("post", "no"))


def _titles(exchange: Talk, accounts: Sequence[int]) -> list[str]:
    return [exchange.house.title(people.account(exchange.tx, a).adapter) for a in accounts]


# --- commands that post ------------------------------------------------------------------------


def post(exchange: Talk, argument: str, message: Message) -> None:
    """/post TEXT: to the default targets, or `+name` and `-name` in front."""
    _command_post(exchange, message, wish(message, argument))


def to(exchange: Talk, argument: str, message: Message) -> None:
    """/to NAMES TEXT."""
    names, _, text = argument.partition(" ")
    accounts = [
        people.account_named(exchange.tx, exchange.user.id, name) for name in names.split(",") if name
    ]
    if not accounts or None in accounts or not text.strip():
        exchange.say("to-usage", names=_account_names(exchange))
        return
    named = [account.id for account in accounts if account is not None]
    _command_post(exchange, message, wish(message, text.lstrip(), named=named))


def memo(exchange: Talk, argument: str, message: Message) -> None:
    """/memo TEXT: a post whose only target is its writer."""
    if not argument.strip():
        exchange.say("usage-memo")
        return
    publish(exchange, wish(message, argument, memo=True))


def reply(exchange: Talk, argument: str, message: Message) -> None:
    """/re ID TEXT."""
    which, _, text = argument.strip().partition(" ")
    parent = find_post(exchange, which)
    if parent is None:
        exchange.say("no-such-post", which=which or "?")
    elif not text.strip():
        exchange.say("usage-reply")
    else:
        _command_post(exchange, message, wish(message, text.lstrip(), parent=parent.id))


def _command_post(exchange: Talk, message: Message, wanted: Wish) -> None:
    wanted = _with_targets(exchange, wanted)
    secret = grammar.secret(wanted.text)
    if secret is not None:
        exchange.say("secret-refused", kind=exchange.text(f"secret-{secret.kind}"))
    elif not wanted.text.strip():
        exchange.say("nothing-to-post")
    elif not _anywhere_to_go(exchange, wanted):
        return
    elif is_late(exchange.now, message.sent_at):
        confirm(exchange, wanted, "confirm-late")
    else:
        publish(exchange, wanted)


def _account_names(exchange: Talk) -> str:
    return ", ".join(account.name for account in people.accounts(exchange.tx, exchange.user.id)) or "–"


def _with_targets(exchange: Talk, wanted: Wish) -> Wish:
    """Read `+name` and `-name` in front of the text; only exact account names count."""
    accounts = {account.name: account.id for account in people.accounts(exchange.tx, exchange.user.id)}
    add, remove, rest = grammar.targets(wanted.text, accounts)
    if not add and not remove:
        return wanted
    return replace(
        wanted, text=rest, named=[accounts[n] for n in add], excluded=[accounts[n] for n in remove]
    )


# --- where it goes -----------------------------------------------------------------------------


def _targets(exchange: Talk, wanted: Wish) -> list[int]:
    tx, user = exchange.tx, exchange.user
    # In a group there are no defaults of its own: the writer's direct chat has them.
    home = exchange.chat if exchange.chat.direct else people.direct_chat(tx, user.id)
    outgoing = routes.from_chat(tx, home.id, user.id) if home else []
    defaults = [route.account_id for route in outgoing if route.account_id is not None]
    if wanted.parent is None:
        return flow.choose(wanted.named, wanted.excluded, defaults)
    parent = posts.post(tx, wanted.parent)
    if parent.user_id == user.id:
        return flow.choose((), wanted.excluded, (), holders=flow.holders(tx, parent, user.id))
    reader = flow.reader(tx, parent, user.id)
    return [reader] if reader is not None else []


def _anywhere_to_go(exchange: Talk, wanted: Wish) -> bool:
    """Whether there is a target; if not, say what is missing."""
    if _targets(exchange, wanted):
        return True
    if not people.accounts(exchange.tx, exchange.user.id):
        exchange.say("no-accounts")
    elif wanted.parent is not None:
        exchange.say("no-account-for-reply")
    else:
        exchange.say("no-targets", names=_account_names(exchange))
    return False


def _meant_for(exchange: Talk, wanted: Wish) -> tuple[Audience, str | None]:
    """Audience and warning: as chosen for the next post; a reply is never wider than its parent."""
    audience = Audience(exchange.user.next_audience or Audience.PUBLIC)
    warning = exchange.user.next_warning
    if wanted.memo:
        return Audience.DIRECT, warning
    if wanted.parent is not None:
        parent = posts.post(exchange.tx, wanted.parent)
        audience = audience.narrowed_to(parent.seen_by)
        warning = warning or parent.warning
    return audience, warning


def publish(exchange: Talk, wanted: Wish) -> None:
    """Take the post in, and queue its receipt."""
    tx, now, user = exchange.tx, exchange.now, exchange.user
    audience, warning = _meant_for(exchange, wanted)
    met = Met(
        spot=Spot(exchange.chat.realm, wanted.message, exchange.chat.adapter, chat_id=exchange.chat.id),
        author=Author(str(user.id), "", ""),
        text=wanted.text,
        audience=audience,
        created_at=datetime.fromtimestamp(wanted.written, tz=now.tzinfo),
        warning=warning,
        user_id=user.id,
        parent_id=wanted.parent,
        memo=wanted.memo,
    )
    chosen = [] if wanted.memo else _targets(exchange, wanted)
    targets = [Target(account) for account in chosen]
    made = flow.accept(tx, now, met, exchange.house.networks, targets=targets, cause_id=exchange.cause_id)
    people.set_user(tx, user.id, next_audience=None, next_warning=None)
    flow.receipt(tx, now, made, exchange.chat, user_id=user.id, cause_id=exchange.cause_id)


# --- looking back ------------------------------------------------------------------------------


def memos(exchange: Talk, argument: str, message: Message) -> None:
    """/memos [WORD]: the last ten, newest first."""
    found = posts.memos(exchange.tx, exchange.user.id, argument.strip())
    if not found:
        exchange.say("memos-none")
        return
    lines = [f"{code(exchange, memo)}  {one_line(memo.text, 100)}" for memo in found]
    exchange.write("\n".join([exchange.text("memos-head", number=len(lines)), *lines]))


def share(exchange: Talk, argument: str, message: Message) -> None:
    """/share ID [to NAMES]: publish a memo, or bring a post of one's own to more accounts."""
    words = argument.split()
    found = find_post(exchange, words[0]) if words else None
    if found is None or found.user_id != exchange.user.id or found.deleted_at is not None:
        exchange.say("share-usage")
        return
    names = [word.strip(",").lstrip("+") for word in words[1:] if word.casefold() not in ("to", "到")]
    accounts = [people.account_named(exchange.tx, exchange.user.id, name) for name in names]
    if None in accounts:
        exchange.say("to-usage", names=_account_names(exchange))
        return
    named = [account.id for account in accounts if account is not None]
    wanted = Wish(found.text, "", named=named)
    if _anywhere_to_go(exchange, wanted):
        _share(exchange, found, _targets(exchange, wanted))


def _share(exchange: Talk, found: Post, accounts: Sequence[int]) -> None:
    tx, now = exchange.tx, exchange.now
    if found.memo:
        audience = Audience(exchange.user.next_audience or Audience.PUBLIC)
        posts.change(tx, found.id, memo=False, audience=audience.value)
        found = posts.post(tx, found.id)
    new = False
    for account in accounts:
        target = Target(account)
        new |= flow.to_account(
            tx, now, found, target, exchange.house.networks, urgency=0, cause_id=exchange.cause_id
        )
    if not new:
        exchange.say("share-there-already", code=code(exchange, found))
        return
    for shown in deliveries.of_post(tx, found.id, "receipt"):
        flow.refresh_receipt(tx, now, shown, exchange.cause_id)


def code(exchange: Talk, found: Post) -> str:
    """The post's short id in this chat."""
    return grammar.short_id(posts.number(exchange.tx, exchange.chat.id, found.id))


def one_line(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def find_post(exchange: Talk, which: str) -> Post | None:
    """A post by short id, address or handle, among those that this chat was shown."""
    word = which.strip().lstrip("#[").rstrip("]")
    tx, chat_id = exchange.tx, exchange.chat.id
    if grammar.is_short_id(word.lower()):
        number = grammar.short_number(word.lower())
        return posts.by_number(tx, chat_id, number) if number is not None else None
    if word.startswith(("http://", "https://")):
        return posts.by_url(tx, chat_id, word)
    return faces.last_by(tx, chat_id, word) if grammar.is_handle(word) else None


# --- a message is changed or taken back --------------------------------------------------------


def edited(exchange: Talk, edit: Edit) -> None:
    """An edited message edits its post everywhere; one that waits for an answer is asked about anew."""
    tx = exchange.tx
    copy = posts.copy_at(tx, exchange.chat.realm, edit.id)
    if copy is None:
        _edited_before_posting(exchange, edit)
        return
    found = posts.post(tx, copy.post_id)
    if copy.role != posts.ORIGINAL or found.user_id != exchange.user.id or found.deleted_at is not None:
        return
    text = _text_of(edit.text)
    if grammar.secret(text) is not None or not text.strip():
        exchange.say("edit-refused", code=code(exchange, found))
    elif text != found.text:
        flow.edit(
            tx,
            exchange.now,
            found,
            text,
            found.warning,
            exchange.house.networks,
            at=exchange.now,
            cause_id=exchange.cause_id,
        )


def _text_of(text: str) -> str:
    """The post in a message: what follows the command, if it begins with one."""
    reading = grammar.read(text, VOCABULARY)
    if isinstance(reading, grammar.Text):
        return reading.text
    if not isinstance(reading, grammar.Command) or reading.name not in PUBLISHING:
        return text
    if reading.name in ("reply", "to"):
        return reading.argument.strip().partition(" ")[2].lstrip()
    return reading.argument


def _edited_before_posting(exchange: Talk, edit: Edit) -> None:
    question = talk.open_question(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    if question is None or question.kind not in ("confirm", "plain-mode", "near", "words"):
        return
    arguments = talk.arguments(exchange.tx, question)
    if arguments["message"] != edit.id:
        return
    talk.close_question(exchange.tx, question.id)
    message = Message(
        "", exchange.chat.native(), people.nobody(), edit.id, edit.text, exchange.now, reply_to=None
    )
    plain(exchange, grammar.read(edit.text, VOCABULARY), message, repeated=False)


def withdraw(exchange: Talk, native_id: str) -> None:
    """A message was taken back that is no post: perhaps one that waits for an answer."""
    question = talk.open_question(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    if question is None or not question.options:
        return
    if talk.arguments(exchange.tx, question).get("message") == native_id:
        talk.close_question(exchange.tx, question.id)
        exchange.say("not-posted")
