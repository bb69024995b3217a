"""The adapter with a Mastodon that somebody else wrote: mastodon-mock, where it is right."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

import pytest
import pytest_asyncio

from adapters import mastodon
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Account, Audience, Draft, Hint, Timeline, TimelineKind
from bridgebot.testing.context import house
from tests.servers.mastodon_mock import Mock

NAME = "mock.example"
loop = pytest.mark.asyncio(loop_scope="module")
pytestmark = loop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mock():
    server = Mock()
    with tempfile.TemporaryDirectory(prefix="mastodon-mock-") as folder:
        try:
            await server.start(Path(folder))
            yield server
        finally:
            await server.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def adapter(mock):
    async with house(mastodon) as context:
        yield mastodon.Adapter(mastodon.Config(servers={NAME: mock.url}), context)


async def linked(adapter, mock, who="ada"):
    step = await adapter.link(None, NAME, owner="Telegram 4711")
    account = await adapter.link(step.progress, await mock.consents(step.url, who))
    assert isinstance(account, Account)
    return account


async def read(adapter, account, timeline, cursor):
    posts = []
    for _ in range(20):
        page = await adapter.fetch(timeline, account, cursor)
        posts, cursor = [*posts, *page.posts], page.cursor
        if not page.more:
            return posts, cursor
    raise AssertionError("the timeline never ends")


async def test_linking_knows_who_and_what_the_limits_are(adapter, mock):
    account = await linked(adapter, mock)
    assert (account.handle, account.server, account.name) == (f"@ada@{mock.domain}", NAME, "Ada")
    limits = await adapter.describe(account)
    assert (limits.max_length, limits.url_length, limits.lacks) == (500, 23, frozenset())


async def test_a_post_is_published_once_found_edited_and_deleted(adapter, mock):
    account = await linked(adapter, mock)
    draft = Draft("hello: 你好 <b>\n\nsecond", Audience.UNLISTED, "careful", "en")
    post = await adapter.publish(account, draft, key="the key")
    assert (post.text, post.audience, post.warning) == (draft.text, Audience.UNLISTED, "careful")
    assert (await adapter.publish(account, draft, key="the key")).id == post.id
    assert (await adapter.find(account, "the key", draft, since=post.created_at)).id == post.id
    assert await adapter.find(account, "another", Draft("never said"), since=post.created_at) is None
    edited = await adapter.edit(account, post.id, Draft("better", Audience.UNLISTED))
    assert (edited.id, edited.text, edited.warning) == (post.id, "better", None)
    await adapter.delete(account, post.id)
    await adapter.delete(account, post.id)
    with pytest.raises(TargetGone):
        await adapter.get(account, post.id)


async def test_timelines_are_read_without_gaps(adapter, mock):
    account, grete = await linked(adapter, mock), await linked(adapter, mock, "grete")
    await adapter.follow(account, f"@grete@{mock.domain}", True)
    home, own = Timeline(TimelineKind.HOME, NAME), Timeline(TimelineKind.OWN, NAME)
    cursors = {timeline: (await adapter.fetch(timeline, account, None)).cursor for timeline in (home, own)}
    made = [(await mock.post("grete", f"news {number}", key=f"g{number}"))["id"] for number in range(45)]
    posts, cursors[home] = await read(adapter, account, home, cursors[home])
    assert [post.id for post in posts] == made
    assert all(post.author.id == grete.id for post in posts)
    mine = await adapter.publish(account, Draft("mine"), key="m")
    assert [post.id for post in (await read(adapter, account, own, cursors[own]))[0]] == [mine.id]
    assert [post.id for post in (await read(adapter, account, home, cursors[home]))[0]] in ([], [mine.id])


async def test_marks_and_mentions_are_told(adapter, mock):
    ada, lin = await linked(adapter, mock), await linked(adapter, mock, "lin")
    mentions = Timeline(TimelineKind.MENTIONS, NAME)
    post = await adapter.publish(ada, Draft("look at this"), key="look")
    cursor = (await adapter.fetch(mentions, ada, None)).cursor
    for on in (True, True, False, True):
        await adapter.favourite(lin, post.id, on)
        await adapter.boost(lin, post.id, on)
        await adapter.bookmark(lin, post.id, on)
    answer = await adapter.publish(lin, Draft("@ada nice", reply_to=post.id), key="answer")
    page = await adapter.fetch(mentions, ada, cursor)
    assert {(one.kind, one.by.id, one.post) for one in page.notifications} >= {
        ("favourite", lin.id, post.id),
        ("boost", lin.id, post.id),
    }
    assert [(one.id, one.reply_to) for one in page.posts] == [(answer.id, post.id)]
    assert [one.id for one in await adapter.thread(ada, post.id)] == [post.id, answer.id]


async def test_people_are_looked_up(adapter, mock):
    account = await linked(adapter, mock)
    assert (await adapter.whois(account, "@grete")).author.handle == f"@grete@{mock.domain}"
    with pytest.raises(TargetGone):
        await adapter.whois(account, "@nobody_of_this_name")


async def test_the_stream_is_heard(adapter, mock):
    account = await linked(adapter, mock)
    await adapter.follow(account, f"@grete@{mock.domain}", True)
    stream = adapter.listen(Timeline(TimelineKind.HOME, NAME), account)
    said: set[Hint] = set()
    async with contextlib.aclosing(stream):
        hint = asyncio.ensure_future(anext(stream))
        while not hint.done():  # what is posted before the stream stands is not told by it
            post = await mock.post("grete", "streamed", key=f"streamed {len(said)}")
            said.add(Hint(post["id"]))
            await asyncio.wait({hint}, timeout=1)
            if len(said) == 60:
                hint.cancel()
        assert await hint in said


@pytest.mark.parametrize(
    ("effect", "writing", "reading"),
    [
        ({"type": "status", "status": 500}, Unconfirmed, Temporary),
        ({"type": "status", "status": 422}, Rejected, Rejected),
        ({"type": "status", "status": 401}, AuthExpired, AuthExpired),
        ({"type": "malformed"}, Unconfirmed, Temporary),
    ],
)
async def test_what_goes_wrong_is_told(adapter, mock, effect, writing, reading):
    account = await linked(adapter, mock)
    own = Timeline(TimelineKind.OWN, NAME)
    for call, error in (
        (lambda: adapter.publish(account, Draft("no"), key="no"), writing),
        (lambda: adapter.fetch(own, account, None), reading),
    ):
        await mock.fail(effect)
        with pytest.raises(error):
            await call()
        await mock.heal()


async def test_the_wait_is_told(adapter, mock):
    account = await linked(adapter, mock)
    await mock.fail({"type": "ratelimit"})
    with pytest.raises(Temporary) as info:
        await adapter.publish(account, Draft("no"), key="no")
    await mock.heal()
    assert info.value.retry_after > 0


async def test_an_unlinked_account_is_out(adapter, mock):
    account = await linked(adapter, mock)
    await adapter.unlink(account)
    with pytest.raises(AuthExpired):
        await adapter.publish(account, Draft("no"), key="out")
