"""What one posted a moment ago, which the app view has not heard of yet: it lags behind one's own server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from adapters import bluesky
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Draft, Post
from bridgebot.outbox import calls
from bridgebot.store import parts
from tests.adapters.bluesky_sky import Sky, linked, sky
from tests.servers.bluesky_world import LIKE, POST, REPOST


@pytest.fixture
async def here() -> AsyncIterator[Sky]:
    async with sky(cards=False) as here:
        yield here


async def posts(here: Sky, *texts: str, under: str | None = None) -> list[Post]:
    """Posts that follow one on the other."""
    made: list[Post] = []
    for text in texts:
        above = made[-1].id if made else under
        made.append(await here.adapter.publish(here.ada, Draft(text, reply_to=above), key=next(parts.keys())))
    return made


async def replaced_unasked(here: Sky, made: Sequence[Post]) -> None:
    """What goes before a post is deleted and posted anew. Raises Rejected if somebody answered it."""
    payload = {"op": "unanswered", "ids": [post.id for post in made]}
    await calls.perform(calls.Aim(here.adapter, account=here.ada), "", payload)


async def test_a_correction_right_after_a_post_may_be_made(here: Sky) -> None:
    here.server.world.lags = True
    made = await posts(here, "frist", "and more")
    await replaced_unasked(here, made)
    here.server.world.catch_up()
    await replaced_unasked(here, made)


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_an_answer_to_any_part_of_a_thread_is_one(here: Sky, which: int) -> None:
    made = await posts(here, "one", "two", "three")
    here.server.person("lin").post("oh?", reply_to=made[which].id)
    with pytest.raises(Rejected, match="edit-answered"):
        await replaced_unasked(here, made)


async def test_it_is_read_from_ones_own_server(here: Sky) -> None:
    here.server.world.lags = True
    [made] = await posts(here, "今天 #tea https://stones.example/a")
    read = await here.adapter.get(here.ada, made.id)
    assert (read.id, read.text, read.author.id) == (
        made.id,
        "今天 #tea https://stones.example/a",
        here.ada.id,
    )
    assert read.created_at == made.created_at
    here.server.world.catch_up()
    assert (await here.adapter.get(here.ada, made.id)).text == read.text


async def test_its_thread_is_what_it_answers_and_itself(here: Sky) -> None:
    grete = here.server.person("grete")
    root = grete.post("root")
    middle = grete.post("middle", reply_to=root.uri)
    grete.post("beside", reply_to=middle.uri)
    here.server.world.lags = True
    first, second = await posts(here, "mine", "and more", under=middle.uri)
    for last, wanted in ((first, [root, middle]), (second, [root, middle, first])):
        thread = await here.adapter.thread(here.ada, last.id)
        assert [one.id for one in thread] == [one.uri for one in (*wanted, last)]


async def test_what_it_answers_may_be_gone(here: Sky) -> None:
    root = here.server.person("grete").post("root")
    here.server.world.lags = True
    [made] = await posts(here, "mine", under=root.uri)
    here.server.world.remove(root.uri)
    assert [one.id for one in await here.adapter.thread(here.ada, made.id)] == [made.id]


async def test_it_is_marked_and_taken_back(here: Sky) -> None:
    here.server.world.lags = True
    [made] = await posts(here, "mine")
    await here.adapter.bookmark(here.ada, made.id, True)
    assert here.server.person("ada").who.bookmarks.keys() == {made.id}
    for mark, kind in ((here.adapter.favourite, LIKE), (here.adapter.boost, REPOST)):
        for on in (True, False):
            await mark(here.ada, made.id, on)
            assert len(here.standing(kind)) == on
    await here.adapter.delete(here.ada, made.id)
    assert here.standing() == []


async def test_it_is_answered_and_quoted(here: Sky) -> None:
    here.server.world.lags = True
    [made] = await posts(here, "mine")
    await posts(here, "and more", under=made.id)
    await here.adapter.publish(here.ada, Draft("look", quote=made.id), key=next(parts.keys()))
    _, answer, quote = (one.value for one in here.standing())
    assert answer["reply"]["parent"]["uri"] == made.id
    assert quote["embed"]["record"]["uri"] == made.id


@pytest.mark.parametrize("call", ["get", "thread"])
async def test_what_is_deleted_or_somebody_elses_is_gone(here: Sky, call: str) -> None:
    adapter: bluesky.Adapter = here.adapter
    look, lin = getattr(adapter, call), await linked(adapter, here.server, "lin")
    here.server.world.lags = True
    [made] = await posts(here, "mine")
    for reader in (lin, None):
        with pytest.raises(TargetGone):
            await look(reader, made.id)
    await adapter.delete(here.ada, made.id)
    for nothing in (made.id, f"at://{here.ada.id}/{POST}/3lpk5zqcwvs2x"):
        with pytest.raises(TargetGone):
            await look(here.ada, nothing)
