"""Publishing exactly once, editing without loss, and what a refusal means."""

import contextlib
import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from adapters import mastodon
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import policy, session
from bridgebot.model import Audience, Draft
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.context import house
from tests.adapters.mastodon_town import linked, town
from tests.servers.mastodon import Fault, serve

FLAVOURS = ("mastodon", "gotosocial", "takahe")
HARD = (
    "hello @lin@masto.example, @bo@far.example and @ada!\n\n#tea https://Example.com/a/very/long/path?with=a&query=too\n"
    "cafe\u0301 \u200b 👩‍👩‍👧‍👦  two  spaces 你好。"
)


async def settle(here, draft, key):
    """As the outbox settles a publication that had no answer: look, then send again with the same key."""
    found = await here.adapter.find(here.ada, key, draft, since=here.began)
    return found or await here.adapter.publish(here.ada, draft, key=key)


def standing(here):
    return [one for one in here.server.world.statuses.values() if one.author.username == "ada"]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    "fault", [Fault.CUT_AFTER, Fault.CUT_BEFORE, Fault.TRUNCATED, Fault.HTML, Fault.BAD_GATEWAY]
)
async def test_whatever_the_answer_the_post_stands_once(flavour, fault):
    async with town(flavour) as here:
        parent = here.grete.post("a question")
        draft = Draft(HARD, Audience.UNLISTED, "careful: 小心", "zh", parent.id)
        here.server.fail(fault, method="POST", path="/statuses")
        with pytest.raises(Unconfirmed):
            await here.adapter.publish(here.ada, draft, key="k")
        post = await settle(here, draft, "k")
        assert [one.id for one in standing(here)] == [post.id]


@pytest.mark.parametrize(
    "other",
    [
        {"text": "hello there"},
        {"audience": Audience.FOLLOWERS},
        {"warning": "another"},
        {"warning": None},
        {"reply_to": None},
    ],
)
async def test_a_post_that_differs_is_another_one(other):
    async with town("gotosocial") as here:
        parent = here.grete.post("a question")
        draft = Draft("hello", Audience.PUBLIC, "careful", "en", parent.id)
        await here.adapter.publish(here.ada, draft, key="k")
        assert await here.adapter.find(here.ada, "k", replace(draft, **other), since=here.began) is None
        assert await here.adapter.find(here.ada, "k", draft, since=here.began) is not None


async def test_an_older_post_with_the_same_text_is_another_one():
    async with town("gotosocial") as here:
        await here.adapter.publish(here.ada, Draft("good morning"), key="yesterday")
        here.server.advance(3 * 60)
        later = here.context.clock.now()
        assert await here.adapter.find(here.ada, "today", Draft("good morning"), since=later) is None


async def test_a_post_is_found_also_if_the_server_or_the_bot_was_away_for_days():
    async with town("gotosocial") as here:
        draft, start = Draft("just before the power cut"), here.context.clock.now()
        here.server.fail(Fault.CUT_AFTER, method="POST", path="/statuses")
        with pytest.raises(Unconfirmed):
            await here.adapter.publish(here.ada, draft, key="k")
        here.server.advance(50 * 3600)
        here.adapter.context = replace(here.context, clock=ManualClock(start + timedelta(hours=50)))
        assert (await here.adapter.find(here.ada, "k", draft, since=start)).text == draft.text


async def test_it_is_found_below_many_others():
    async with town("gotosocial") as here:
        post = await here.adapter.publish(here.ada, Draft("the one"), key="k")
        for number in range(100):
            here.me.post(f"by another app {number}")
        here.me.boost(here.grete.post("the one"))
        found = await here.adapter.find(here.ada, "k", Draft("the one"), since=here.began)
        assert found.id == post.id


async def test_of_two_alike_the_one_that_nothing_else_became_is_found():
    async with town() as here:
        ours = await here.adapter.publish(here.ada, Draft("again"), key="1")
        newer = await here.adapter.publish(here.ada, Draft("again"), key="2")
        known = frozenset({newer.id})
        found = await here.adapter.find(here.ada, "1", Draft("again"), since=here.began, but=known)
        assert found.id == ours.id


async def test_the_key_of_the_bot_is_honoured_by_mastodon():
    async with town() as here:
        draft = Draft("once")
        first = await here.adapter.publish(here.ada, draft, key="0b7c9f3e")
        assert (await here.adapter.publish(here.ada, draft, key="0b7c9f3e")).id == first.id
        assert (await here.adapter.publish(here.ada, draft, key="你好\n")).id != first.id
        assert len(standing(here)) == 2


# --- what is sent ------------------------------------------------------------------------------


@contextlib.contextmanager
def bodies(server):
    """Every body of a request that writes."""
    seen, real = [], server._good

    async def good(request, *more):
        if request.method in ("POST", "PUT") and "/statuses" in request.path:
            seen.append(await request.json() if request.can_read_body else {})
        return await real(request, *more)

    server._good = good
    yield seen


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_the_audience_is_always_said(flavour):
    """GoToSocial's default is unlisted, and people have defaults of their own."""
    async with town(flavour) as here:
        with bodies(here.server) as seen:
            for audience in Audience:
                post = await here.adapter.publish(here.ada, Draft(f"to {audience}", audience), key=audience)
                assert post.audience is audience
        assert [one["visibility"] for one in seen] == ["public", "unlisted", "private", "direct"]
        plain = {"content_type": "text/plain"} if flavour == "gotosocial" else {}
        assert all(
            one == {"status": one["status"], "visibility": one["visibility"], "sensitive": False, **plain}
            for one in seen
        )


async def test_a_reply_on_takahe_is_published_only_under_its_parent():
    """Takahe itself publishes an answer to a post that is gone as a post of its own."""
    async with town("takahe") as here:
        with bodies(here.server) as seen:
            with pytest.raises(TargetGone):
                await here.adapter.publish(here.ada, Draft("too late", reply_to="999"), key="k")
            assert seen == []


async def test_an_edit_keeps_what_it_does_not_name():
    async with town() as here:
        medium = {"id": "m1", "type": "image", "url": "https://masto.example/1.png", "description": "a cup"}
        post = here.me.post("look", media=[medium], language="zh")
        post.sensitive = True
        edited = await here.adapter.edit(here.ada, post.id, Draft("look: 看"))
        assert (edited.text, edited.language) == ("look: 看", "zh")
        assert [one.alt for one in edited.media] == ["a cup"]
        assert post.sensitive
        assert edited.edited_at is not None


async def test_a_warning_that_is_taken_away_is_gone():
    async with town() as here:
        post = await here.adapter.publish(here.ada, Draft("boo", warning="careful"), key="k")
        assert here.server.world.statuses[post.id].sensitive
        edited = await here.adapter.edit(here.ada, post.id, Draft("boo"))
        assert edited.warning is None
        assert not here.server.world.statuses[post.id].sensitive


async def test_other_peoples_posts_stay():
    async with town() as here:
        post = here.grete.post("mine")
        for call in (
            here.adapter.edit(here.ada, post.id, Draft("no")),
            here.adapter.delete(here.ada, post.id),
        ):
            with pytest.raises(Rejected) as info:
                await call
            assert info.value.key == "mastodon-not-yours"
        assert post.text == "mine"


async def test_a_boost_twice_is_one():
    async with town() as here:
        post = here.grete.post("good")
        for _ in range(2):
            await here.adapter.boost(here.ada, post.id, True)
        assert len(here.server.world.boosts_of(post)) == 1
        narrow = here.grete.post("for @ada", visibility="direct")
        with pytest.raises(Rejected):
            await here.adapter.boost(here.ada, narrow.id, True)


# --- what a refusal means ----------------------------------------------------------------------


@pytest.mark.parametrize(("flavour", "length"), [("mastodon", 500), ("gotosocial", 5000)])
async def test_too_long_is_told_in_the_servers_words(flavour, length):
    async with town(flavour) as here:
        limits = await here.adapter.describe(here.ada)
        begin = "https://example.com/" + "x" * 200 + " @lin@masto.example " if flavour == "mastodon" else ""
        whole = begin + "字" * (length - limits.length(begin))
        assert limits.length(whole) == length
        await here.adapter.publish(here.ada, Draft(whole), key="fits")
        with pytest.raises(Rejected) as info:
            await here.adapter.publish(here.ada, Draft(whole + "字"), key="too long")
        assert str(length) in info.value.arguments["words"]


async def test_a_warning_counts_with_the_text():
    async with town() as here:
        await here.adapter.publish(here.ada, Draft("x" * 490, warning="y" * 10), key="fits")
        with pytest.raises(Rejected):
            await here.adapter.publish(here.ada, Draft("x" * 491, warning="y" * 10), key="too long")


async def test_a_token_that_may_not_write_must_be_linked_again():
    async with town() as here:
        credentials = json.loads(here.ada.credentials) | {"token": here.me.token("read")}
        ada = replace(here.ada, credentials=json.dumps(credentials))
        with pytest.raises(AuthExpired) as info:
            await here.adapter.publish(ada, Draft("no"), key="k")
        assert info.value.key == "mastodon-scopes"
        assert here.context.texts("zh-CN", "mastodon-scopes")


async def test_a_suspended_account_is_refused():
    async with town() as here:
        here.server.fail(Fault.FORBIDDEN, method="POST", path="/statuses")
        with pytest.raises(Rejected):
            await here.adapter.publish(here.ada, Draft("no"), key="k")


async def test_credentials_that_are_none_are_expired():
    async with town() as here:
        for credentials in ("", "{}", "secret-word", '{"token": "secret-word"}'):
            with pytest.raises(AuthExpired) as info:
                await here.adapter.publish(replace(here.ada, credentials=credentials), Draft("no"), key="k")
            assert "secret-word" not in f"{info.value!r} {info.value.__cause__!r}"


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_the_wait_is_read_from_either_kind_of_header(flavour):
    """Mastodon says when in ISO 8601, GoToSocial and Takahe in seconds since 1970."""
    async with town(flavour) as here:
        here.server.fail(Fault.RATE)
        with pytest.raises(Temporary) as info:
            await here.adapter.publish(here.ada, Draft("no"), key="k")
        assert info.value.retry_after == 7


async def test_the_real_budget_of_a_server_is_told():
    async with town() as here:
        here.server.budgets.enforced = True

        async def many():
            for number in range(301):
                await here.adapter.publish(here.ada, Draft(f"post {number}"), key=f"k{number}")

        with pytest.raises(Temporary) as info:
            await many()
        assert 0 < info.value.retry_after <= 3 * 3600


# --- secrets, guard, agent ---------------------------------------------------------------------


async def test_the_token_is_in_no_address_no_error_and_no_log(caplog):
    async with town() as here:
        with caplog.at_level(logging.DEBUG):
            post = await here.adapter.publish(here.ada, Draft("hello"), key="k")
            for fault in (
                Fault.ERROR,
                Fault.HTML,
                Fault.RATE,
                Fault.INVALID,
                Fault.UNAUTHORIZED,
                Fault.CUT_AFTER,
            ):
                here.server.fail(fault, times=3)
                with pytest.raises(Exception) as info:
                    await here.adapter.publish(here.ada, Draft("x"), key="k2")
                error, texts = info.value, []
                while error is not None:
                    texts.append(f"{error!r} {error}")
                    error = error.__cause__
                assert here.token not in " ".join(texts)
                await here.server.heal()
            await here.adapter.delete(here.ada, post.id)
        assert here.token not in caplog.text
        assert not [path for _, path in here.server.asked if here.token in path]
        assert here.token not in repr(here.ada)


async def test_through_the_guard_with_a_user_agent():
    """GoToSocial answers 418 to whoever does not say who they are; the operator's address is reached."""
    async with serve("gotosocial") as server, house(mastodon) as context:
        options = {"servers": {server.domain: server.url}}
        async with session(policy(options), public_url="https://bot.example.org") as guarded:
            adapter = mastodon.Adapter(mastodon.Config(**options), replace(context, http=guarded))
            agents, real = [], server._good

            async def good(request, *more):
                agents.append(request.headers.get("User-Agent", ""))
                return await real(request, *more)

            server._good = good
            account = await linked(adapter, server)
            await adapter.publish(account, Draft("hello"), key="k")
            ours = [one for one in agents if one.startswith("bridgebot/")]
            assert len(ours) >= 4
            assert all("+https://bot.example.org" in one for one in ours)


async def test_a_redirect_takes_no_post_elsewhere():
    async with town() as here:

        async def good(request, *more):
            return web.Response(status=307, headers={"Location": "https://evil.example/"})

        here.server._good = good
        with pytest.raises(Rejected):
            await here.adapter.publish(here.ada, Draft("no"), key="k")


async def test_the_time_of_the_server_counts_for_what_is_young():
    async with town("gotosocial") as here:
        here.server.world.offset = timedelta(days=-400)
        post = await here.adapter.publish(here.ada, Draft("long ago"), key="k")
        seen = await here.adapter.find(here.ada, "k", Draft("long ago"), since=here.began)
        assert seen is not None
        assert seen.id == post.id
