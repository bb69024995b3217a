"""What is for few, and the raw requests: real adapters against servers that take nothing else for them.

Every post of Ada's goes by default to Mastodon, to Bluesky, where everything is public, and to Plaza. All
that any server on this machine is asked for is kept as it came.
"""

from __future__ import annotations

import contextlib
import importlib

import pytest
from aiohttp import web

from bridgebot.adapter import Network
from bridgebot.loader import declared
from bridgebot.model import Audience
from bridgebot.store import people, routes
from bridgebot.testing.context import house as context_of
from tests.adapters import bluesky_sky, mastodon_town
from tests.house import TestHouse, _user_of
from tests.servers import bluesky as sky
from tests.servers import mastodon as masto

NAMES = ("mastodon", "bluesky", "plaza")


class Wire:
    """Every request that came to a server here: the port, and path and body as they came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[int, str]] = []
        handle = web.Application._handle

        async def seen(app: web.Application, request: web.Request) -> web.StreamResponse:
            body = (await request.read()).decode("utf-8", "replace")
            self.asked.append((request.url.port or 0, f"{request.method} {request.path_qs} {body}"))
            return await handle(app, request)

        monkeypatch.setattr(web.Application, "_handle", seen)

    def with_words(self, words: str, port: int) -> list[str]:
        form = words.replace(" ", "+")
        return [asked for at, asked in self.asked if at == port and (words in asked or form in asked)]


class Place:
    """The house, its servers, and what was asked of them."""

    def __init__(self, house: TestHouse, wire: Wire, ports: dict[str, int]) -> None:
        self.house, self.wire, self.ports = house, wire, ports
        self.drafts: list[tuple[str, Audience]] = []  # what Plaza, which is in the house, was asked for

    def asked(self, name: str, words: str) -> list[str]:
        return self.wire.with_words(words, self.ports[name])


@pytest.fixture
async def place(tmp_path, monkeypatch):
    wire = Wire(monkeypatch)
    async with contextlib.AsyncExitStack() as stack:
        masto_server = await stack.enter_async_context(masto.serve())
        masto_server.budgets.enforced = False
        sky_server = await stack.enter_async_context(sky.serve())
        house = TestHouse(tmp_path, socials=())
        made = Place(house, wire, {"mastodon": masto_server.port, "bluesky": sky_server.port})
        accounts = {}
        for name, options in (
            ("mastodon", {"servers": {masto_server.domain: masto_server.url}}),
            ("bluesky", sky_server.options),
            ("plaza", {}),
        ):
            module = importlib.import_module(f"adapters.{name}")
            context = await stack.enter_async_context(context_of(module, name=name))
            adapter = module.Adapter(module.Config(**options), context)
            match name:
                case "mastodon":
                    accounts[name] = await mastodon_town.linked(adapter, masto_server)
                case "bluesky":
                    accounts[name] = await bluesky_sky.linked(adapter, sky_server, "ada")
                case _:
                    accounts[name] = await adapter.link(None, "ada")
                    _keeps_drafts(adapter, made)
            _moves_in(house, name, adapter)
        await stack.enter_async_context(house)
        await _owns(house, accounts)
        yield made


def _keeps_drafts(adapter, made: Place) -> None:
    publish = adapter.publish

    async def kept(account, draft, *, key):
        made.drafts.append((draft.text, draft.audience))
        return await publish(account, draft, key=key)

    adapter.publish = kept


def _moves_in(house: TestHouse, name: str, adapter) -> None:
    house.adapters[name] = adapter
    house.poller._adapters[name] = house.linking._adapters[name] = adapter
    house.house.networks[name] = Network(name, adapter.title, social=adapter.capabilities)


async def _owns(house: TestHouse, accounts) -> None:
    await house.says("/help")

    def link(tx, now):
        user = _user_of(tx, "ada")
        chat = people.direct_chat(tx, user)
        for name, account in accounts.items():
            row = people.link(tx, now, user, name, account, house.adapters[name].capabilities.limits)
            routes.add(tx, now, user, "default", source_chat_id=chat.id, account_id=row.id)
        people.set_user(tx, user, plain="post", asks_left=0)

    await house.store.run(link)
    await house.wait(180)


async def test_what_is_for_few_is_in_no_request_to_a_place_that_shows_it_to_more(place):
    visibility = {"unlisted": "unlisted", "followers": "private", "direct": "direct"}
    for audience in ("unlisted", "followers", "direct", "public"):
        words = f"eyes of {audience} alone"
        await place.house.says(f"/vis {audience}")
        await place.house.says(words)
        await place.house.wait(3)
        said = place.asked("mastodon", words)
        assert said, "the server was asked to post it"
        assert all(visibility.get(audience, "public") in one for one in said)
        assert bool(place.asked("bluesky", words)) is (audience == "public")
        assert [asked for text, asked in place.drafts if text == words] == [Audience(audience)]
    line = "\n".join(place.house.chat.lines())
    for key in ("unlisted", "followers", "direct"):
        assert f"✗ Bluesky: {place.house.house.texts('en', f'skip-{key}')}" in line


async def test_what_describes_a_post_for_few_leaves_no_more_than_that(place):
    """Its warning, an answer to it, other words for it, and what it is shown beside."""
    await place.house.says("/vis followers")
    await place.house.says("/cw covered by eyes")
    first = await place.house.says("seen by friends")
    await place.house.wait(3)
    await place.house.says("answered among friends", reply_to=first)
    await place.house.wait(3)
    place.house.chat.edit_line(first, "seen again by friends")
    await place.house.settle()
    await place.house.says("/quote 2k7 quoted among friends")
    await place.house.wait(3)
    words = ("covered by eyes", "seen by friends", "answered among friends", "seen again by", "quoted among")
    assert [bool(place.asked("bluesky", one)) for one in words] == [False] * len(words)
    assert all(place.asked("mastodon", one) for one in words)
    posted = [one for one in words[1:3] + words[4:] for one in place.asked("mastodon", one) if "POST" in one]
    assert all("private" in one for one in posted)
    assert {audience for _, audience in place.drafts} == {Audience.FOLLOWERS}


def test_every_network_that_publishes_is_looked_at_here():
    able = {one.use for one in declared("en") if one.social is not None and one.social.publish}
    assert able - {"pebble"} == set(NAMES)  # Pebble, of the demo, is memory
