"""What somebody wants posted, where it goes, and its way into the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import regex

from bridgebot import flow
from bridgebot.adapter import Network
from bridgebot.commands import enclosing, grammar, quotas
from bridgebot.commands.rules import onward
from bridgebot.dialog import Talk
from bridgebot.flow import Into, Met, Target, picking
from bridgebot.flow.picking import Facts
from bridgebot.model import ANYBODY, Audience, Author, Enclosure, Message, Poll, Quote
from bridgebot.render import MARK, Rich, clean_name, marked
from bridgebot.store import people, posts, routes
from bridgebot.store.posts import Spot
from bridgebot.store.rows import Account, Route

_VISIBLE = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")


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
    audience: str | None = None  # chosen for the next post when this was written
    warning: str | None = None
    language: str | None = None
    spans: list[list[Any]] = field(default_factory=list)  # emphasis in the text, as `Rich.stored`
    files: enclosing.Files = field(default_factory=list)  # that came with it
    poll: dict[str, Any] | None = None  # choices, seconds, multiple
    quote: dict[str, Any] | None = None  # the post that it shows: post, url, handle
    chats: list[int] | None = None  # groups and channels; None: as the rules of this chat say
    answers: str | None = None  # native id of the message in the chat that this one answers, a post or not

    @property
    def asked(self) -> Poll | None:
        """Its poll, open from when it was written."""
        if self.poll is None:
            return None
        ends_at = datetime.fromtimestamp(self.written + self.poll["seconds"], tz=UTC)
        return Poll(tuple(self.poll["choices"]), multiple=self.poll["multiple"], ends_at=ends_at)

    @property
    def quoting(self) -> Quote | None:
        return Quote(self.quote["url"], handle=self.quote["handle"]) if self.quote else None

    @property
    def rich(self) -> Rich:
        return Rich.read(self.text, self.spans)

    @property
    def undescribed(self) -> bool:
        """Whether a picture in it says nothing to whoever cannot see it."""
        return any(file["kind"] == "image" and not file["alt"] for file in self.files)

    @property
    def shows(self) -> bool:
        """Whether there is anything in it to be read or seen."""
        return bool(self.files) or visible(self.text)


def wish(exchange: Talk, message: Message, text: str, **more: Any) -> Wish:
    """The wish of a message, with what was chosen for the next post."""
    user, rich = exchange.user, Rich(message.text, message.spans).tail(text) if message.spans else None
    text, alts = enclosing.split(text, len(message.media)) if message.media else (text, None)
    return Wish(
        text,
        message.id,
        written=message.sent_at.timestamp(),
        spans=rich[: len(text)].stored() if rich is not None else [],
        files=enclosing.enclosed(exchange, message, alts),
        audience=user.next_audience,
        warning=user.next_warning,
        language=user.next_language,
        answers=message.reply_to,
        **more,
    )


def visible(text: str) -> bool:
    """Whether there is anything in it to be read. Pure."""
    # Most texts begin with a letter or a number: then nothing is looked for.
    return text[:1].isalnum() or _VISIBLE.search(text, concurrent=False) is not None


def as_written(exchange: Talk, text: str) -> str:
    """A person's own words, said back to them; where others read, marked as what they are."""
    return text if exchange.chat.direct else f"{MARK}{marked(text)}"


def account_names(exchange: Talk) -> str:
    """The names of the user's accounts, to choose from."""
    return exchange.listed(account.name for account in people.accounts(exchange.tx, exchange.user.id)) or "–"


def with_targets(exchange: Talk, wanted: Wish) -> Wish:
    """Read `+name` and `-name` in front of the text; only exact account names count."""
    if not grammar.may_name_targets(wanted.text):
        return wanted
    accounts = {account.name: account.id for account in people.accounts(exchange.tx, exchange.user.id)}
    add, remove, rest = grammar.targets(wanted.text, accounts)
    if not add and not remove:
        return wanted
    spans = wanted.rich.tail(rest).stored()
    named, excluded = [accounts[n] for n in add], [accounts[n] for n in remove]
    return replace(wanted, text=rest, spans=spans, named=named, excluded=excluded)


def is_misnamed(exchange: Talk, wanted: Wish) -> bool:
    """Whether what is left in front of its text was probably to choose an account."""
    accounts = people.accounts(exchange.tx, exchange.user.id) if grammar.may_name_targets(wanted.text) else ()
    return grammar.is_misnamed(wanted.text, (account.name for account in accounts))


# --- where it goes -----------------------------------------------------------------------------


def targets(exchange: Talk, wanted: Wish) -> list[Account]:
    """The accounts that it goes to, of those that are linked now."""
    tx, user = exchange.tx, exchange.user
    known = people.accounts(tx, user.id)
    if wanted.parent is None:
        defaults = [] if wanted.named else _default_ids(exchange, wanted)
        return _among(known, flow.choose(wanted.named, wanted.excluded, defaults))
    parent = posts.post(tx, wanted.parent)
    if parent.user_id == user.id:
        there = flow.holders(tx, parent, user.id)
        return _among(known, flow.choose((), wanted.excluded, (), holders=there))
    return _among(known, [flow.reader(tx, parent, user.id)])


def _among(accounts: Sequence[Account], ids: Sequence[int | None]) -> list[Account]:
    """Those with these ids, in the order of the ids."""
    by_id = {account.id: account for account in accounts}
    return [by_id[one] for one in ids if one in by_id]


def _default_ids(exchange: Talk, wanted: Wish) -> list[int]:
    taken = _taken(exchange, wanted)
    return [route.account_id for route in taken if route.account_id is not None]


def _rules(exchange: Talk) -> list[Route]:
    """What leads out of the writer's own chat. In a group there are no defaults of its own: the writer's
    direct chat has them.
    """
    tx, user_id = exchange.tx, exchange.user.id
    home = exchange.chat if exchange.chat.direct else people.direct_chat(tx, user_id)
    return routes.from_chat(tx, home.id, user_id) if home else []


def _taken(exchange: Talk, wanted: Wish) -> list[Route]:
    """Those of them that take it."""
    rules = _rules(exchange)
    if not any(route.filters for route in rules):  # nearly always
        return rules
    audience, warning = meant_for(exchange, wanted)
    text, written = f"{warning or ''}\n{wanted.text}", datetime.fromtimestamp(wanted.written, tz=UTC)
    facts = Facts(text, audience, written, media=bool(wanted.files))
    return [route for route in rules if picking.takes(route.filters, facts, synced=False)]


def chats(exchange: Talk, wanted: Wish) -> list[Into]:
    """The groups and channels that it goes to: those that rules of the writer's own chat lead to, unless
    somebody said where it goes.
    """
    if wanted.memo or wanted.parent is not None or (wanted.named and wanted.chats is None):
        return []
    rules = _rules(exchange) if wanted.chats is not None else _taken(exchange, wanted)
    leading = [route for route in rules if route.chat_id is not None]
    if wanted.chats is not None:
        leading = [route for route in leading if route.chat_id in wanted.chats]
    return [Into(people.chat_by_id(exchange.tx, route.chat_id or 0), route) for route in leading]


def anywhere_to_go(exchange: Talk, wanted: Wish) -> list[Account] | None:
    """The accounts that it goes to, none where it goes to chats alone; None: it goes nowhere, and what is
    missing was said.
    """
    chosen = targets(exchange, wanted)
    if chosen or chats(exchange, wanted):
        return chosen
    if not people.accounts(exchange.tx, exchange.user.id):
        exchange.say("no-accounts-to-post")
    elif not exchange.chat.direct:
        exchange.say("no-targets-here")  # others read this: it names no account
    elif wanted.parent is not None:
        exchange.say("no-account-for-reply")
    elif not wanted.named and not wanted.excluded and _rules(exchange):
        exchange.say("no-rule-takes-it", names=account_names(exchange))
    else:
        exchange.say("no-targets", names=account_names(exchange))
    return None


def meant_for(exchange: Talk, wanted: Wish) -> tuple[Audience, str | None]:
    """Audience and warning: as chosen for the next post, when this was written or since, the narrower;
    a reply is never wider than its parent.
    """
    if wanted.memo:
        return Audience.DIRECT, None
    audience = Audience.PUBLIC
    for chosen in (wanted.audience, exchange.user.next_audience):
        audience = audience.narrowed_to(Audience(chosen)) if chosen else audience
    warning = exchange.user.next_warning or wanted.warning
    if wanted.quote is not None:
        shown = posts.post(exchange.tx, wanted.quote["post"]).seen_by
        audience = audience.narrowed_to(shown) if shown not in ANYBODY else audience
    if wanted.parent is not None:
        parent = posts.post(exchange.tx, wanted.parent)
        audience = audience.narrowed_to(parent.seen_by)
        warning = warning or parent.warning
    return audience, warning


def titles(exchange: Talk, wanted: Wish, audience: Audience, warning: str | None) -> list[str]:
    """The networks' names, with the account's where two are on one; what will be left out says why."""
    rows = targets(exchange, wanted)
    adapters = [row.adapter for row in rows]
    names = []
    for row in rows:
        title = exchange.house.title(row.adapter)
        name = f"{title} ({row.name})" if adapters.count(row.adapter) > 1 else title
        network = exchange.house.network(row.adapter)
        warned = bool(warning) or flow.must_warn(wanted.rich.spans, network)
        problem = flow.refusal(audience, warned, wanted.parent is not None, network)
        names.append(f"✗ {name}: {exchange.text(problem)}" if problem else name)
    named = chat_titles(exchange, wanted, audience)
    return [*names, *(f"✗ {name}: {reason}" if reason else name for name, reason in named)]


def chat_titles(exchange: Talk, wanted: Wish, audience: Audience) -> list[tuple[str, str]]:
    """What the groups and channels are called that it goes to; for whom it is not meant, why."""
    reason = "" if audience is Audience.PUBLIC else exchange.text("skip-group")
    names = []
    for into in chats(exchange, wanted):
        key = "route-channel" if into.chat.broadcast else "route-group"
        names.append(exchange.text(key, title=clean_name(into.chat.title or into.chat.native_id)))
    return [(name, reason) for name in names]


def networks(exchange: Talk, wanted: Wish) -> list[Network | None]:
    """The networks that it goes to."""
    return [exchange.house.network(account.adapter) for account in targets(exchange, wanted)]


def publish_asked(exchange: Talk, wanted: Wish) -> None:
    """Publish what was asked about, if there still is somewhere to go."""
    chosen = anywhere_to_go(exchange, wanted)
    if chosen is not None:
        publish(exchange, wanted, chosen)


def publish(exchange: Talk, wanted: Wish, accounts: Sequence[Account] = ()) -> None:
    """Take the post in for these accounts, and queue its receipt; a memo goes to none."""
    if quotas.is_met_by_posts(exchange) or quotas.is_met_by_files(exchange, len(wanted.files)):
        return
    tx, now = exchange.tx, exchange.now
    audience, warning = meant_for(exchange, wanted)
    if not is_open(exchange, audience):
        return
    met = met_here(exchange, wanted, audience, warning)
    chosen = () if wanted.memo else map(Target, accounts)
    networks, cause = exchange.house.networks, exchange.cause_id
    into = chats(exchange, wanted)
    post = flow.accept(tx, now, met, networks, targets=chosen, into=into, cause_id=cause, home=exchange.chat)
    if not wanted.memo:
        if not exchange.chat.direct:
            onward.published(exchange, post, lent=False)
        if wanted.parent is None and not wanted.named:
            flow.hold_over(tx, now, post, [rule for rule in _rules(exchange) if "cap" in rule.filters])
        forget_next(exchange)


def met_here(exchange: Talk, wanted: Wish, audience: Audience, warning: str | None) -> Met:
    """A wish as the post that was met in this chat."""
    return Met(
        spot=Spot(exchange.chat.realm, wanted.message, exchange.chat.adapter, chat_id=exchange.chat.id),
        instead=f"{wanted.message}#{exchange.cause_id}",
        author=Author(str(exchange.user.id), "", ""),
        text=wanted.text,
        audience=audience,
        created_at=datetime.fromtimestamp(wanted.written, tz=exchange.now.tzinfo),
        warning=warning,
        language=exchange.user.next_language or wanted.language,
        user_id=exchange.user.id,
        parent_id=wanted.parent,
        memo=wanted.memo,
        spans=wanted.rich.spans,
        files=tuple(Enclosure(**file) for file in wanted.files),
        poll=wanted.asked,
        quote=wanted.quoting,
        quoted_id=wanted.quote["post"] if wanted.quote else None,
    )


def is_open(exchange: Talk, audience: Audience) -> bool:
    """Whether this may be written here: in a group others read it, and its receipt. If not, that is said."""
    if exchange.chat.direct or audience in ANYBODY:
        return True
    exchange.say("group-audience", audience=exchange.text(f"audience-{audience.value}"))
    return False


def forget_next(exchange: Talk) -> None:
    """What was chosen for the next post went with this one."""
    user = exchange.user
    if user.next_audience or user.next_warning or user.next_language:
        people.set_user(exchange.tx, user.id, next_audience=None, next_warning=None, next_language=None)
