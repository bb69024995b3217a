"""From the chat to a Mastodon and back, through the whole house: link, post, crash, read, answer."""

import contextlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from adapters import mastodon
from bridgebot.adapter import Network
from bridgebot.testing.context import house as context_of
from bridgebot.texts import Texts
from tests.house import TestHouse
from tests.servers.mastodon import Fault, serve

FOLDER = Path(mastodon.__file__).parent


@contextlib.asynccontextmanager
async def at_home(folder, flavour="mastodon"):
    """Ada's chat, the house, and a Mastodon whose clock is the house's."""
    async with serve(flavour) as server, context_of(mastodon, name="mastodon") as context:
        server.budgets.enforced = False
        place = TestHouse(folder, socials=())
        server.world.now = place.clock.now
        context = replace(context, clock=place.clock)
        adapter = mastodon.Adapter(mastodon.Config(servers={server.domain: server.url}), context)
        place.adapters["mastodon"] = adapter
        place.poller._adapters["mastodon"] = place.linking._adapters["mastodon"] = adapter
        place.house.networks["mastodon"] = Network("mastodon", "Mastodon", social=adapter.capabilities)
        texts = {
            language: [(FOLDER / f"mastodon.{language}.ftl").read_text("utf-8")]
            for language in Texts.languages
        }
        before, house = place.house, replace(place.house, texts=Texts(texts))
        for part in (place, place.inbox, place.outbox, place.poller, place.linking):
            for name, value in vars(part).items():
                if value is before:
                    setattr(part, name, house)
        async with place:
            yield place, server


def said(place):
    return [line.text for line in place.chat.messages()]


async def linked(place, server, sender="ada"):
    await place.says("/help", sender=sender)
    await place.says(f"/link mastodon {server.domain}", sender=sender)
    address = re.search(r"http\S+/oauth/authorize\S+", said(place)[-1])[0]
    await place.says(await server.person(sender).consents(address), sender=sender)


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe"])
async def test_from_link_to_post_and_answer(tmp_path, flavour):
    async with at_home(tmp_path, flavour) as (place, server):
        await linked(place, server)
        assert "@ada@masto.example" in said(place)[-1]
        assert [app["name"] for app in server.apps.values()] == ["bridgebot for Chat ada"]
        await place.says("/post hello from the chat")
        await place.wait(3)
        mine = next(one for one in server.world.statuses.values() if one.author.username == "ada")
        assert mine.text == "hello from the chat"
        assert any("✓ Mastodon" in line and mine.id in line for line in said(place))
        await place.poll()
        await place.wait(60)
        server.person("grete").post("@ada and back", reply_to=mine)
        await place.poll()
        shown = [line for line in said(place) if "and back" in line]
        assert len(shown) == 1
        assert "@grete@masto.example" in shown[0]


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe"])
@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.CUT_BEFORE])
async def test_a_lost_answer_makes_no_second_post(tmp_path, flavour, fault):
    async with at_home(tmp_path, flavour) as (place, server):
        await linked(place, server)
        server.fail(fault, method="POST", path="/statuses")
        await place.says("/post exactly once")
        for _ in range(10):
            await place.wait(60)
        standing = [one for one in server.world.statuses.values() if one.text == "exactly once"]
        assert len(standing) == 1
        assert any("✓ Mastodon" in line and standing[0].id in line for line in said(place))


async def test_a_wrong_name_and_a_wrong_code_are_asked_for_again(tmp_path):
    async with at_home(tmp_path) as (place, server):
        await place.says("/help")
        await place.says("/link mastodon")
        assert "Which server" in said(place)[-1]
        await place.says("10.0.0.1")
        assert "not by a number" in said(place)[-1]
        await place.says(server.domain)
        assert "Only paste a code" in said(place)[-1]
        address = re.search(r"http\S+/oauth/authorize\S+", said(place)[-1])[0]
        await place.says("not-the-right-code")
        assert "does not accept this code" in said(place)[-1]
        await place.says(await server.person("ada").consents(address))
        assert "@ada@masto.example" in said(place)[-1]
        assert not [line for line in said(place) if any(one in line for one in server.tokens)]
