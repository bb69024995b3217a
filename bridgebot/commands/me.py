"""A person's own things: start, help, settings, accounts."""

from __future__ import annotations

from typing import Literal
from zoneinfo import available_timezones

import regex

from bridgebot.adapter import Command
from bridgebot.commands import access, grammar, held, proving, reactions, showing, vocabulary
from bridgebot.commands.accounts import default_names
from bridgebot.commands.compose import refuse_secret
from bridgebot.commands.grammar import WORDS, Shape
from bridgebot.dialog import Talk, awaited, close
from bridgebot.flow import holding
from bridgebot.model import Audience, Message
from bridgebot.store import deliveries, keep, links, people, talk
from bridgebot.store.held import waiting_of as stopped
from bridgebot.store.rows import Account
from bridgebot.texts import Texts

MENU = (
    "start",
    "help",
    "post",
    "memo",
    "link",
    "accounts",
    "follow",
    "home",
    "sync",
    "undo",
    "settings",
    "status",
)
_ALT = ("alt", "描述")
_SWITCH = {"on": True, "开": True, "off": False, "关": False}
ALL = ("all", "全部")  # what /help is asked for by whoever wants the names of all commands


_TAKES: dict[Shape, Literal["nothing", "text"]] = {
    Shape.NOTHING: "nothing",
    Shape.TEXT: "text",
    Shape.POST_AND_TEXT: "text",
}


def menu(texts: Texts, language: str, *, whole: bool = False) -> tuple[Command, ...]:
    """What stands in a chat network's own menu of commands; all but the operators' where it is `whole`."""
    words = {word.name: word for word in WORDS}
    names = [name for name in words if name != "admin"] if whole else MENU
    return tuple(
        Command(name, texts(language, f"help-{name}"), _TAKES.get(words[name].shape, "words"))
        for name in names
    )


# --- start and help ----------------------------------------------------------------------------


def start(exchange: Talk, argument: str, message: Message) -> None:
    """/start [CODE]: a code makes its bearer what it says; without one this is the welcome."""
    role = code_given(exchange, argument)
    if role is None:
        welcome(exchange)
    elif role == exchange.user.role or exchange.user.role == "operator":
        exchange.say("role-already")  # and the code stays good for whom it was meant
    else:
        keep.mark_redeemed(exchange.tx, access.code(argument), exchange.user.id)
        keep.audit(exchange.tx, exchange.now, exchange.user.id, "redeemed", role)
        access.set_role(exchange.tx, exchange.now, exchange.user, role, access.BY_CLAIM)
        exchange.say("role-given", role=exchange.text(f"role-{role}"))


def code_given(exchange: Talk, text: str) -> str | None:
    """The role that a code in these words gives, if one stands there."""
    person_id = exchange.chat.person_id
    return access.redeem(exchange.tx, exchange.now, exchange.house, person_id, text)


def welcome(exchange: Talk) -> None:
    """The first minute: what this is, and the one next step."""
    accounts = people.accounts(exchange.tx, exchange.user.id)
    if accounts:
        exchange.say("welcome-back", accounts=_names(exchange, accounts))
        return
    joinable, linkable = _titles(exchange, join=True), _titles(exchange, join=False)
    ways = "both" if joinable and linkable else "join" if joinable else "link"
    lines = [exchange.text("welcome", ways=ways, joinable=joinable, linkable=linkable or "–")]
    if exchange.user.role == "operator":
        lines.append(exchange.text("welcome-operator"))
    exchange.write("\n".join(lines))


def _names(exchange: Talk, accounts: list[Account]) -> str:
    return exchange.listed(f"{a.handle} ({exchange.house.title(a.adapter)})" for a in accounts)


def _titles(exchange: Talk, *, join: bool) -> str:
    """The networks on which an account is made here, or those to which one is brought."""
    social = [n for n in exchange.house.networks.values() if n.social and n.linkable]
    return exchange.listed(n.title for n in social if n.social and n.social.join is join)


def help_(exchange: Talk, argument: str, message: Message) -> None:
    """/help [command or all]."""
    name = argument.strip().lstrip("/!").lower()
    if not name:
        lines = [f"/{command}  {exchange.text(f'help-{command}')}" for command in MENU]
        exchange.write("\n".join([exchange.text("help-head"), *lines, exchange.text("help-foot")]))
        return
    known = vocabulary.named(name)
    if known is None:
        everything = exchange.listed(word.name for word in vocabulary.WORDS)
        key = "help-all" if name in ALL else "help-unknown"
        exchange.say(key, name=name, commands=everything)
        return
    aliases = " ".join(f"/{alias}" for alias in known.aliases) or "–"
    exchange.write(
        f"/{known.name}  {exchange.text(f'help-{known.name}')}\n{exchange.text('help-aliases')} {aliases}"
    )


def tour(exchange: Talk, argument: str, message: Message) -> None:
    exchange.say("tour")


def cancel(exchange: Talk, argument: str, message: Message) -> None:
    """/cancel: leave the question that is open."""
    tx, user_id = exchange.tx, exchange.user.id
    questions = awaited(exchange)
    if not questions:
        exchange.say("nothing-to-cancel")
        return
    latest = questions[0]
    close(tx, exchange.now, exchange.house, latest)
    if latest.kind in proving.KINDS:
        links.stop(tx, user_id, talk.arguments(tx, latest)["request"])
    exchange.say(f"cancelled-{latest.kind}")


# --- status and settings -----------------------------------------------------------------------


def status(exchange: Talk, argument: str, message: Message) -> None:
    """/status: what is under way, and what needs the person."""
    tx, user = exchange.tx, exchange.user
    waiting = deliveries.open_of(tx, user.id)
    lines = [exchange.text("status-head", waiting=waiting), *held.status(exchange)]
    for account in people.accounts(tx, user.id):
        state = exchange.text(f"account-{account.state}")
        lines.append(f"{account.name}: {account.handle} ({exchange.house.title(account.adapter)}), {state}")
    exchange.write("\n".join(lines))


def settings(exchange: Talk, argument: str, message: Message) -> None:
    """/settings, `/settings plain post|ask|command`, `/settings alt|pictures|reactions on|off`."""
    words = argument.lower().split()
    if showing.is_meant(words):
        showing.switch(exchange, words[1])
        return
    if reactions.is_meant(words):
        reactions.switch(exchange, words[1])
        return
    if len(words) == 2 and words[0] == "plain" and words[1] in ("post", "ask", "command"):
        people.set_user(exchange.tx, exchange.user.id, plain=words[1])
        exchange.say(f"plain-{words[1]}")
        return
    if len(words) == 2 and words[0] in _ALT and words[1] in _SWITCH:
        people.set_user(exchange.tx, exchange.user.id, describes=_SWITCH[words[1]])
        exchange.say("alt-asked" if _SWITCH[words[1]] else "alt-not-asked")
        return
    user = exchange.user
    exchange.say(
        "settings",
        plain=exchange.text(f"plain-{user.plain or 'unset'}"),
        language=exchange.language,
        timezone=user.timezone or exchange.house.timezone,
        targets=default_names(exchange),
        alt=exchange.text("alt-is-asked" if user.describes else "alt-is-not-asked"),
        pictures=showing.stands(exchange),
        reactions=reactions.stands(exchange),
    )


def language(exchange: Talk, argument: str, message: Message) -> None:
    """/language en | zh-CN."""
    wanted = argument.strip()
    chosen = {"en": "en", "english": "en", "英文": "en", "zh": "zh-CN", "zh-cn": "zh-CN", "中文": "zh-CN"}
    code = chosen.get(wanted.lower())
    if code is None:
        exchange.say("usage-language")
        return
    people.set_user(exchange.tx, exchange.user.id, language=code)
    exchange.write(exchange.house.texts(code, "language-set"))


def timezone(exchange: Talk, argument: str, message: Message) -> None:
    """/timezone Asia/Shanghai."""
    wanted = argument.strip()
    found = next((zone for zone in available_timezones() if zone.lower() == wanted.lower()), None)
    if found is None:
        exchange.say("usage-timezone", now=exchange.user.timezone or exchange.house.timezone)
        return
    people.set_user(exchange.tx, exchange.user.id, timezone=found)
    exchange.say("timezone-set", timezone=found)


def pause(exchange: Talk, argument: str, message: Message) -> None:
    """/pause: nothing leaves until /resume; it is kept."""
    people.set_user(exchange.tx, exchange.user.id, paused_at=exchange.now)
    exchange.say("paused")
    holding.show(exchange.tx, exchange.now, stopped(exchange.tx, exchange.user.id))


def resume(exchange: Talk, argument: str, message: Message) -> None:
    """/resume: it may leave again; what was stopped is asked about."""
    if exchange.user.paused_at is None:
        exchange.say("resumed-already")
        return
    people.let_go(exchange.tx, exchange.now, exchange.user.id, paused_at=None)
    exchange.say("resumed", waiting=len(stopped(exchange.tx, exchange.user.id)))
    held.resumed(exchange)


def audience(exchange: Talk, argument: str, message: Message) -> None:
    """/vis AUDIENCE: for the next post."""
    words = {
        "public": Audience.PUBLIC, "公开": Audience.PUBLIC,
        "unlisted": Audience.UNLISTED, "不公开": Audience.UNLISTED, "不列出": Audience.UNLISTED,
        "followers": Audience.FOLLOWERS, "private": Audience.FOLLOWERS,
        "粉丝": Audience.FOLLOWERS, "关注者": Audience.FOLLOWERS, "仅关注者": Audience.FOLLOWERS,
        "direct": Audience.DIRECT, "私信": Audience.DIRECT,
    }  # fmt: skip
    chosen = words.get(argument.strip().lower())
    if chosen is None:
        exchange.say("usage-vis")
        return
    people.set_user(exchange.tx, exchange.user.id, next_audience=chosen.value)
    exchange.say("vis-set", audience=exchange.text(f"audience-{chosen.value}"))


_LANGUAGE = regex.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")  # BCP 47, as far as networks use it


def post_language(exchange: Talk, argument: str, message: Message) -> None:
    """/lang CODE: the language of the next post."""
    wanted = argument.strip().lower()
    code = {"中文": "zh", "英文": "en"}.get(wanted, wanted)
    if not _LANGUAGE.fullmatch(code):
        exchange.say("usage-lang")
        return
    people.set_user(exchange.tx, exchange.user.id, next_language=code)
    exchange.say("lang-set", language=code)


def warning(exchange: Talk, argument: str, message: Message) -> None:
    """/cw TEXT: the warning of the next post."""
    text = argument.strip()
    secret = grammar.secret(text)
    if secret is not None:
        refuse_secret(exchange, secret)
        return
    people.set_user(exchange.tx, exchange.user.id, next_warning=text or None)
    exchange.say("cw-set" if text else "cw-off", warning=text)
