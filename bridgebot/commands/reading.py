"""What is read without an account: asking for it, choosing among what was found, and stopping it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bridgebot import model
from bridgebot.commands import quotas
from bridgebot.commands.acts import able, act
from bridgebot.commands.whereabouts import Place, host_of, is_address, places
from bridgebot.dialog import Talk
from bridgebot.model import Source, TimelineKind, changed
from bridgebot.render import clean_name, handle
from bridgebot.store import deliveries, people, routes
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Account, Route, Timeline, noun

CHOOSE = "source"  # the kind of question: which of several
MOST = 9  # that one may choose among
PUBLIC = {"audiences": ["public"]}
FEED = frozenset({TimelineKind.FEED})
ANYTHING = frozenset({TimelineKind.PERSON, TimelineKind.FEED, TimelineKind.TAG, TimelineKind.LIST})
LONGEST_TITLE = 200  # characters of a title that are kept
_QUOTAS = {"follow": "follows", "mirror": "routes"}  # by what the route is for

Want = Literal["follow", "mirror", "unfollow"]


# --- asking ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What a network is asked without an account, and what for."""

    action: str  # `sources`, `latest`, `whois`
    word: str  # as somebody wrote it
    arguments: Mapping[str, Any]


def ask(exchange: Talk, asked: Asked, where: Sequence[Place]) -> None:
    """Ask the first of these networks, and the others one after the other until one answers."""
    first, *others = where
    arguments = {
        **asked.arguments,
        "word": asked.word,
        "answer": exchange.chat.id,
        "then": [[place.adapter, place.address] for place in others],
    }
    deliveries.queue(
        exchange.tx,
        exchange.now,
        order(asked.action, exchange.cause_id, exchange.user.id, first.adapter, first.address, arguments),
    )


def order(
    action: str,
    cause_id: int | None,
    user_id: int | None,
    adapter: str,
    address: str,
    arguments: Mapping[str, Any],
) -> Order:
    """One look at one network, in a lane of its own."""
    whose = {"adapter": adapter, "address": address, "handle": address, "server": host_of(address)}
    return Order(
        action=action,
        lane=f"look:{cause_id}:{action}:{adapter}",
        urgency=ANSWER,
        cause_id=cause_id,
        user_id=user_id,
        arguments={**arguments, **whose},
    )


def in_lane(one: Order, lane: str) -> Order:
    """The same, after what stands in that lane."""
    return changed(one, lane=lane)


def look_for(
    exchange: Talk, word: str, want: Want, kinds: frozenset[TimelineKind], where: Sequence[Place] = ()
) -> bool:
    """Look for what a word names, to read it here or to stop that; False: no network knows such words."""
    found = where or places(exchange.house.networks.values(), word, kinds=kinds)
    if not found:
        return False
    quota = _QUOTAS.get(want)
    if quota is None or not quotas.is_met(exchange, quota):
        arguments = {"want": want, "kinds": sorted(kinds), "into_chat": exchange.chat.id}
        ask(exchange, Asked("sources", word, arguments), found)
    return True


# --- what was found ----------------------------------------------------------------------------


def found(exchange: Talk, arguments: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """A network told what can be read there: it is read, or the person chooses."""
    adapter, want = str(arguments["adapter"]), arguments["want"]
    sources = [source_of(one) for one in result["sources"]][:MOST]
    if arguments.get("quiet"):  # one of many, which are counted in the end
        add_route(exchange, adapter, sources[0], want, result.get("cursor"))
    elif want == "unfollow":
        _stop_any(exchange, adapter, sources, arguments["word"])
    elif len(sources) == 1:
        begin(exchange, adapter, sources[0], want, result.get("cursor"))
    else:
        _choose(exchange, adapter, want, result["sources"][:MOST])


def source_of(stored: Mapping[str, Any]) -> Source:
    """A source as a delivery or a question keeps it."""
    source: Source = noun(stored, Source)
    return source


def _choose(exchange: Talk, adapter: str, want: str, sources: Sequence[Mapping[str, Any]]) -> None:
    lines = [f"{n}. {_title(exchange, source_of(one))}" for n, one in enumerate(sources, start=1)]
    text = "\n".join([exchange.text("source-which", network=exchange.house.title(adapter)), *lines])
    kept = {"adapter": adapter, "want": want, "sources": list(sources)}
    exchange.ask(CHOOSE, text, kept, [f"source:{number}" for number in range(1, len(sources) + 1)])


def _title(exchange: Talk, source: Source) -> str:
    kind = exchange.text(f"source-kind-{source.timeline.kind}")
    return f"{shown(source.title, source.handle, source.timeline)} ({kind})"


def chosen(exchange: Talk, arguments: Mapping[str, Any], option: str) -> None:
    """One of several, by its number: it is read from now on."""
    number = int(option.partition(":")[2])
    source, want = source_of(arguments["sources"][number - 1]), arguments["want"]
    if not quotas.is_met(exchange, _QUOTAS[want]):
        begin(exchange, arguments["adapter"], source, want, None)


def begin(exchange: Talk, adapter: str, source: Source, want: str, cursor: str | None) -> None:
    """Read it here from now on; where one of the user's accounts can follow whom it is, that does."""
    account = _follower(exchange, adapter, source) if want == "follow" else None
    if account is not None:
        arguments = {"handle": source.handle, "on": True, "into_chat": exchange.chat.id}
        act(exchange, "follow", account, arguments)
        return
    add_route(exchange, adapter, source, want, cursor)
    exchange.say(
        "source-read" if want == "follow" else "mirror-on",
        what=shown(source.title, source.handle, source.timeline),
        network=exchange.house.title(adapter),
    )


def add_route(exchange: Talk, adapter: str, source: Source, want: str, cursor: str | None) -> bool:
    """The route from a source into this chat; False where it is there already. It is read once for everybody
    who wants it, so nothing of the person stands in it.
    """
    tx, now, native = exchange.tx, exchange.now, source.timeline
    title = source.handle or source.title[:LONGEST_TITLE]
    timeline = routes.timeline(tx, now, adapter, native, None, title)
    routes.begin_at(tx, timeline, cursor)
    filters = PUBLIC if want == "mirror" else None
    chat_id = exchange.chat.id
    return routes.add(
        tx, now, exchange.user.id, want, timeline_id=timeline.id, chat_id=chat_id, filters=filters
    )


def _follower(exchange: Talk, adapter: str, source: Source) -> Account | None:
    if not source.handle or not exchange.chat.direct:
        return None
    mine = people.accounts(exchange.tx, exchange.user.id)
    return next((one for one in mine if one.adapter == adapter and able(exchange, one, "follow")), None)


def shown(title: str, handle_: str, timeline: model.Timeline) -> str:
    """What it is called, without more than others may know: a feed's address may be a secret."""
    if timeline.kind is TimelineKind.FEED:
        return f"{clean_name(title)} · {clean_name(timeline.server)}"
    name, who = clean_name(title), handle(handle_) if handle_ else ""
    if not who:
        return name
    return f"{who} ({name})" if name and name.lower() not in (who.lower(), who.lstrip("@").lower()) else who


# --- what is read here -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """A timeline that is read without an account, and the route that brings it."""

    route: Route
    timeline: Timeline

    @property
    def words(self) -> str:
        return shown(self.timeline.title, "", self.timeline.native())


def here(exchange: Talk, kinds: frozenset[TimelineKind] = ANYTHING) -> list[Read]:
    """What is read into this chat without an account: in a group, whoever wanted it."""
    mine = routes.into_chat(exchange.tx, exchange.chat.id)
    return list(_read(exchange, mine, kinds))


def feeds(exchange: Talk) -> list[Read]:
    """The user's feeds, in whichever chat they arrive."""
    return list(_read(exchange, routes.of_user(exchange.tx, exchange.user.id), FEED))


def _read(exchange: Talk, wanted: Iterable[Route], kinds: frozenset[TimelineKind]) -> Iterable[Read]:
    for route in wanted:
        if route.timeline_id is not None and route.chat_id is not None:
            timeline = routes.timeline_by_id(exchange.tx, route.timeline_id)
            if timeline.account_id is None and timeline.kind in kinds:
                yield Read(route, timeline)


def named(read: Sequence[Read], word: str) -> Read | None:
    """Which of them a word names: a person by the handle, a feed by its title, its address, or its host where
    that has one feed only. Pure.
    """
    wanted = word.casefold()
    if not wanted:
        return None
    for one in read:
        title = one.timeline.title.casefold()
        if wanted in (title, title.lstrip("@")) or word == one.timeline.argument:
            return one
    at = [one for one in read if one.timeline.kind == TimelineKind.FEED]
    hosts = [one for one in at if one.timeline.server.casefold() == wanted]
    return hosts[0] if len(hosts) == 1 else None


def stop(exchange: Talk, read: Read) -> None:
    """It no longer arrives here."""
    routes.end(exchange.tx, read.route.id)
    exchange.say("source-stopped", what=read.words)


def _stop_any(exchange: Talk, adapter: str, sources: Sequence[Source], word: str) -> None:
    """Whichever of these are read here."""
    keys = {(adapter, one.timeline) for one in sources}
    there = [r for r in here(exchange) if (r.timeline.adapter, r.timeline.native()) in keys]
    for read in there:
        stop(exchange, read)
    if not there:
        exchange.say("source-not-here", what=called(word))


def called(word: str) -> str:
    """What somebody wrote, as the bot says it again: of an address the host alone."""
    return clean_name(host_of(word) if is_address(word) else word)
