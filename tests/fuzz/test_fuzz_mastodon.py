"""What a Mastodon server answers, made wrong in every way: read, called for, and polled into the core."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec

from adapters import mastodon
from adapters.mastodon import reading, streaming, wire
from adapters.mastodon.entities import Notification, Status
from bridgebot import model
from bridgebot.adapter import ChatCapabilities
from bridgebot.errors import AdapterError
from bridgebot.model import Draft, TimelineKind
from bridgebot.store import people, routes
from bridgebot.testing.context import house
from tests.adapters.mastodon_town import Town, linked
from tests.fuzz.core import Core, core
from tests.fuzz.mutate import Fuzz
from tests.servers.http_relay import HttpRelay, Message
from tests.servers.mastodon import serve

READ = 2000  # statuses and notifications that are only read, and as many events
CALLS = 600
POLLS = 25  # rounds over every timeline; each a page of many posts
KINDS = tuple(set(TimelineKind) - {TimelineKind.FEED, TimelineKind.BOOKMARKS})


class Spoiler(HttpRelay):
    """Answers come through with something wrong in their JSON, as long as there is a `fuzz`."""

    fuzz: Fuzz | None = None
    spoilt = 0

    async def _answer(self, server_reader, writer, request: Message) -> bytes | None:
        whole = await super()._answer(server_reader, writer, request)
        if whole is None or self.fuzz is None or request.path.startswith("/api/v1/streaming"):
            return whole
        head, _, body = whole.partition(b"\r\n\r\n")
        self.spoilt += 1
        wrong = self.fuzz.json_text(json.loads(body)).encode("utf-8", "surrogatepass")
        if self.fuzz.random.random() < 0.03:
            wrong = wrong[: len(wrong) // 2]
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        return b"\r\n".join([*lines, b"Content-Length: %d" % len(wrong), b"", wrong])


@contextlib.asynccontextmanager
async def town() -> AsyncIterator[tuple[Town, Spoiler]]:
    """Ada on a server that she is linked with through the relay; some people and posts."""
    async with serve() as server, house(mastodon) as context, Spoiler(server.port) as relay:
        server.budgets.enforced = False
        server.streams_port = relay.port
        plain = mastodon.Adapter(mastodon.Config(servers={server.domain: server.url}), context)
        ada = await linked(plain, server)
        adapter = mastodon.Adapter(mastodon.Config(servers={server.domain: relay.url}), context)
        made = Town(adapter, server, context, ada)
        made.me.follow(made.grete)
        for number in range(30):
            made.grete.post(f"post {number} for @ada #tea <b>&amp; https://example.org")
        made.me.post("mine")
        yield made, relay


async def samples(made: Town) -> tuple[list[Any], list[Any]]:
    """Statuses and notifications as the server shows them."""
    found = []
    for path in ("/api/v1/timelines/home", "/api/v1/notifications"):
        got = await made.adapter._wire.call(made.ada, "GET", path, list[Any])
        found.append(got)
    return found[0], found[1]


def argument(made: Town, kind: TimelineKind) -> str:
    return {TimelineKind.PERSON: made.grete.id, TimelineKind.TAG: "tea"}.get(kind, "")


async def test_whatever_a_status_or_an_event_is_reading_it_gives_a_post_or_nothing(fuzz):
    async with town() as (made, _):
        statuses, told = await samples(made)
    account, read = replace(made.ada, handle="@ada@masto.example"), Counter()
    timelines = [model.Timeline(kind, made.server.domain, argument(made, kind)) for kind in KINDS]
    for _ in range(READ * fuzz.times):
        raw = msgspec.Raw(json.dumps(fuzz.json(fuzz.random.choice(statuses))).encode())
        if (status := wire.one(raw, Status)) is not None:
            post = reading.post(status, "masto.example")
            (post.text + post.author.name).encode()
            read["post"] += 1
        raw = msgspec.Raw(json.dumps(fuzz.json(fuzz.random.choice(told))).encode())
        if (one := wire.one(raw, Notification)) is not None:
            reading.notification(one, "masto.example")
            read["notification"] += 1
        payload = fuzz.json(fuzz.random.choice(statuses))
        kind = fuzz.random.choice(("update", "status.update", "delete", "notification", "unheard.of"))
        event = {"stream": ["user"], "event": kind, "payload": json.dumps(payload)}
        said = streaming._event(fuzz.json_text(event).encode("utf-8", "replace").decode())
        if said is not None:
            hints = [streaming.hint_of(said, timeline, account) for timeline in timelines]
            read["hint"] += any(hints)
    assert min(read.values()) > READ / 10, read


async def test_whatever_a_server_answers_a_call_ends_by_a_result_or_an_error_that_says_what_to_do(fuzz):
    async with town() as (made, relay):
        adapter, ada, draft = made.adapter, made.ada, Draft("hello")
        mine = (await adapter.publish(ada, draft, key="k")).id
        pages = {kind: made.timeline(kind, argument(made, kind)) for kind in KINDS}
        cursors = {kind: await made.start(timeline) for kind, timeline in pages.items() if argument_ok(kind)}
        relay.fuzz, ended = fuzz, Counter()
        calls = [
            lambda: adapter.publish(ada, draft, key=str(uuid4())),
            lambda: adapter.edit(ada, mine, Draft("other")),
            lambda: adapter.get(ada, mine),
            lambda: adapter.find(ada, "k", draft, since=made.began),
            lambda: adapter.favourite(ada, mine, True),
            lambda: adapter.boost(ada, mine, False),
            lambda: adapter.whois(ada, "@grete@masto.example"),
            lambda: adapter.follow(ada, "@grete@masto.example", True),
            lambda: adapter.search(ada, "tea"),
            lambda: adapter.lists(ada),
            lambda: adapter.thread(ada, mine),
            lambda: adapter.requests(ada),
            lambda: adapter.describe(ada),
            *(lambda kind=kind: adapter.fetch(pages[kind], ada, cursors[kind]) for kind in cursors),
        ]
        for _ in range(CALLS * fuzz.times):
            try:
                await fuzz.random.choice(calls)()
                ended["result"] += 1
            except AdapterError as error:
                ended[type(error).__name__] += 1
        assert ended["result"] > CALLS / 5, ended
        assert relay.spoilt >= CALLS
        relay.fuzz = None
        assert (await adapter.publish(ada, Draft("all is well"), key="last")).text == "all is well"


def argument_ok(kind: TimelineKind) -> bool:
    return kind is not TimelineKind.LIST  # she has none


async def test_pages_that_are_wrong_break_nothing_and_hide_nothing(fuzz):
    """Polled into the core, into a chat; after each round a good post arrives."""
    async with town() as (made, relay), core(ChatCapabilities(), {"mastodon": made.adapter}) as own:
        await wanted(own, made)
        await own.poller.step()
        for number in range(POLLS * fuzz.times):
            for post in range(4):
                made.grete.post(f"wrong {number}.{post} for @ada #tea")
            relay.fuzz = fuzz
            await own.poller.step()
            relay.fuzz = None
            made.grete.post(f"good {number} for @ada #tea")
            await own.poller.step()
            await own.poller.step()
            await own.outbox.step()
            assert any(f"good {number} for" in text for text in own.mouth.said), fuzz.told
            assert own.troubles() == [], fuzz.told
        assert relay.spoilt > POLLS * 4


async def wanted(own: Core, made: Town) -> None:
    """Somebody's chat reads every kind of timeline with Ada's account."""

    def unit(tx, now):
        person = people.person(tx, "chat", model.Person("ada", "Ada"))
        user = people.new_user(tx, now, "user")
        people.set_person(tx, person.id, user_id=user.id)
        chat = people.chat(tx, "chat", model.Chat("ada", direct=True), person.id)
        row = people.link(tx, now, user.id, "mastodon", made.ada, model.Limits(500))
        for kind in KINDS:
            if argument_ok(kind):
                native = made.timeline(kind, argument(made, kind))
                found = routes.timeline(tx, now, "mastodon", native, row.id, str(kind))
                routes.add(tx, now, user.id, "follow", timeline_id=found.id, chat_id=chat.id)

    await own.store.run(unit)
