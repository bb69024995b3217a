"""Plaza as a social network: names, posts, timelines, following, moderation, quotas."""

import asyncio
import contextlib

import pytest
import pytest_asyncio
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from adapters import plaza
from adapters.plaza.store.tables import metadata
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary
from bridgebot.model import Account, Audience, Draft, Hint, Question, TimelineKind
from bridgebot.testing.clock import ManualClock
from tests.servers.plaza import town as make_town

PUBLIC, UNLISTED, FOLLOWERS, DIRECT = Audience
OWN, HOME, MENTIONS, PERSON, TAG = (
    TimelineKind.OWN,
    TimelineKind.HOME,
    TimelineKind.MENTIONS,
    TimelineKind.PERSON,
    TimelineKind.TAG,
)


@pytest_asyncio.fixture
async def clock():
    return ManualClock()


@pytest_asyncio.fixture
async def town(clock):
    async with make_town(clock, posts_per_hour=1000) as town:
        yield town


# --- accounts ---


@pytest.mark.parametrize(
    ("answer", "name"),
    [("lin", "lin"), (" @Lin ", "lin"), ("＠ＬＩＮ", "lin"), ("a_1", "a_1"), ("you", "you")],
)
async def test_name_is_folded(town, answer, name):
    account = await town.adapter.link(None, answer)
    assert (account.handle, account.name, account.server) == (f"@{name}", name, town.context.name)
    assert account.credentials not in repr(account)


@pytest.mark.parametrize(
    "answer", ["", "a", "__", "12", "a b", "x" * 25, "аda", "李", "a-b", "a@b", "a\nb", "ﷺ"]
)
async def test_name_that_is_none(town, answer):
    with pytest.raises(Rejected) as error:
        await town.adapter.link(None, answer)
    assert error.value.key == "plaza-name-shape"


@pytest.mark.parametrize("answer", ["admin", "Adm1n", "a_d_m_i_n", "root", "plaza", "b0t", "api", "feeds"])
async def test_name_that_is_reserved(town, answer):
    with pytest.raises(Rejected) as error:
        await town.adapter.link(None, answer)
    assert error.value.key == "plaza-name-reserved"


@pytest.mark.parametrize("twin", ["lin", "Lin", "l1n", "iin", "l_in", "_lin_"])
async def test_name_that_looks_like_another(town, twin):
    await town.account("lin")
    with pytest.raises(Rejected) as error:
        await town.adapter.link(None, twin)
    assert error.value.key == "plaza-name-taken"


async def test_first_question_and_closed_doors():
    async with make_town(open=False) as town:
        with pytest.raises(Rejected):
            await town.adapter.link(None, None)
        _, _, page = await town.get("/")
        assert "no new accounts" in page
        assert "/join" not in page
    async with make_town() as town:
        step = await town.adapter.link(None, None)
        assert isinstance(step, Question)
        assert (await town.adapter.link(step.progress, "lin")).name == "lin"


async def test_token_is_kept_as_a_hash_only(town):
    account = await town.account("lin")
    rows = await town.context.database.read(
        lambda tx, now: [str(row) for table in metadata.sorted_tables for row in tx.execute(sa.select(table))]
    )
    assert rows
    assert not [row for row in rows if account.credentials in row]


async def test_wrong_credentials_in_every_call(town):
    lin, adapter = await town.account("lin"), town.adapter
    post = await town.post("lin", "hello")
    await town.account("ada")
    for wrong in (
        Account(lin.id, lin.handle, lin.server, credentials="x"),
        Account(lin.id, lin.handle, lin.server, credentials=(await town.account("ada")).credentials),
        Account("999", lin.handle, lin.server, credentials=lin.credentials),
        Account("x", lin.handle, lin.server),
    ):
        for call in (
            adapter.publish(wrong, Draft("no"), key="no"),
            adapter.find(wrong, "no", Draft("no"), since=post.created_at),
            adapter.edit(wrong, post.id, Draft("no")),
            adapter.delete(wrong, post.id),
            adapter.favourite(wrong, post.id, True),
            adapter.boost(wrong, post.id, True),
            adapter.follow(wrong, "ada", True),
            adapter.lock(wrong, True),
            adapter.requests(wrong),
            adapter.approve(wrong, "ada", True),
            adapter.report(wrong, post.id, "no"),
            adapter.whois(wrong, "ada"),
            adapter.thread(wrong, post.id),
            adapter.get(wrong, post.id),
            adapter.fetch(town.timeline(HOME), wrong, None),
            anext(adapter.listen(town.timeline(HOME), wrong)),
        ):
            with pytest.raises(AuthExpired):
                await call
    assert (await adapter.get(None, post.id)).text == "hello"


async def test_unlinking_closes_the_account(town):
    """Everything goes, followers hear of it, the name is never given again."""
    lin = await town.account("lin")
    await town.follow("ada", "lin")
    post = await town.post("lin", "soon gone", FOLLOWERS)
    other = await town.post("ada", "stays")
    await town.adapter.boost(lin, other.id, True)
    await town.adapter.favourite(lin, other.id, True)
    home, person = await town.reader("ada", HOME), await town.reader("ada", PERSON, "lin")
    await town.adapter.unlink(lin)
    await town.adapter.unlink(lin)
    assert await home.gone() == [post.id]
    assert await person.gone() == [post.id]
    with pytest.raises(TargetGone):
        await person.pages()
    assert (await town.get("/@lin"))[0] == (await town.get(post.url))[0] == 404
    with pytest.raises(AuthExpired):
        await town.adapter.publish(lin, Draft("back"), key="back")
    for name in ("lin", "l1n"):
        with pytest.raises(Rejected):
            await town.adapter.link(None, name)
    _, _, page = await town.get(other.url)
    assert "boost" not in page
    assert "favourite" not in page
    kept = await town.context.database.read(
        lambda tx, now: [str(row) for table in metadata.sorted_tables for row in tx.execute(sa.select(table))]
    )
    assert not [row for row in kept if "soon gone" in row]


# --- posts ---


async def test_addresses_count_per_person(town):
    first, other = await town.post("lin", "hi"), await town.post("ada", "hi")
    second = await town.post("lin", "hi")
    paths = [post.url.removeprefix(town.context.routes.url("")) for post in (first, other, second)]
    assert paths == ["/@lin/1", "/@ada/1", "/@lin/2"]
    await town.delete("lin", second)
    assert (await town.post("lin", "next")).url.endswith("/@lin/3")


async def test_key_holds_across_a_restart(town):
    account = await town.account("lin")
    first = await town.adapter.publish(account, Draft("once"), key="k")
    again = plaza.Adapter(plaza.Config(), town.context)
    assert await again.publish(account, Draft("once"), key="k") == first
    together = await asyncio.gather(*(again.publish(account, Draft("both"), key="both") for _ in range(5)))
    assert len({post.id for post in together}) == 1
    await again.delete(account, first.id)
    with pytest.raises(TargetGone):
        await again.publish(account, Draft("once"), key="k")
    assert await again.find(account, "k", Draft("once"), since=first.created_at) is None


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
async def test_empty_post(town, text):
    with pytest.raises(Rejected) as error:
        await town.post("lin", text)
    assert error.value.key == "plaza-empty-post"


async def test_limit_is_the_operators():
    async with make_town(limit=5) as town:
        account = await town.account("lin")
        assert (await town.adapter.describe(account)).max_length == 5
        await town.post("lin", "👩‍👩‍👧‍👦" * 5)
        for text in ("123456", "a" + "\u0301" * 500):
            with pytest.raises(Rejected) as error:
                await town.post("lin", text)
            assert error.value.arguments["limit"] == 5


async def test_what_is_no_text_is_left_out(town):
    post = await town.post("lin", "a\x00b\x1bc\r\nd\re\tf", warning="w\x07", language="not a language!")
    assert (post.text, post.warning, post.language) == ("abc\nd\ne\tf", "w", None)


async def test_too_many_mentions(town):
    with pytest.raises(Rejected) as error:
        await town.post("lin", " ".join(f"@name{n}" for n in range(21)))
    assert error.value.key == "plaza-too-many-mentions"


@pytest.mark.parametrize("parent", list(Audience), ids=str)
@pytest.mark.parametrize("answer", list(Audience), ids=str)
async def test_reply_is_never_wider(town, parent, answer):
    await town.follow("ada", "lin")
    post = await town.post("lin", "hello @ada", parent)
    if answer.rank < parent.rank:
        with pytest.raises(Rejected) as error:
            await town.post("ada", "back", answer, reply_to=post.id)
        assert error.value.key == "plaza-reply-wider"
    else:
        reply = await town.post("ada", "back", answer, reply_to=post.id)
        assert (await town.adapter.get(await town.account("lin"), reply.id)).reply_to == post.id


async def test_reply_to_what_one_may_not_read(town):
    secret = await town.post("lin", "mine", DIRECT)
    for parent in (secret.id, "999", "no id"):
        with pytest.raises(TargetGone):
            await town.post("ada", "yours", DIRECT, reply_to=parent)


async def test_direct_to_nobody_of_that_name(town):
    with pytest.raises(Rejected) as error:
        await town.post("lin", "@nobody psst", DIRECT)
    assert error.value.arguments == {"name": "nobody"}
    assert (await town.post("lin", "@nobody is here")).text == "@nobody is here"


async def test_conversation_in_private_stays_between_the_two(town):
    await town.account("ada")
    first = await town.post("lin", "@ada psst", DIRECT)
    answer = await town.post("ada", "yes?", DIRECT, reply_to=first.id)
    more = await town.post("ada", "I am listening", DIRECT, reply_to=answer.id)
    ids = [post.id for post in await town.adapter.thread(await town.account("lin"), more.id)]
    assert ids == [first.id, answer.id, more.id]
    with pytest.raises(TargetGone):
        await town.adapter.thread(await town.account("eve"), first.id)


async def test_others_posts_do_not_tell_that_they_exist(town):
    secret, public = await town.post("lin", "mine", DIRECT), await town.post("lin", "ours")
    eve = await town.account("eve")
    with pytest.raises(TargetGone):
        await town.adapter.edit(eve, secret.id, Draft("x"))
    await town.adapter.delete(eve, secret.id)
    for call in (town.adapter.edit(eve, public.id, Draft("x")), town.adapter.delete(eve, public.id)):
        with pytest.raises(Rejected) as error:
            await call
        assert error.value.key == "plaza-not-yours"
    for act in (town.adapter.favourite, town.adapter.boost):
        with pytest.raises(TargetGone):
            await act(eve, secret.id, True)
    with pytest.raises(TargetGone):
        await town.adapter.report(eve, secret.id, "?")
    assert (await town.adapter.get(await town.account("lin"), secret.id)).text == "mine"


# --- timelines ---


async def test_same_edit_twice_is_one_edit(town, clock):
    post = await town.post("lin", "helo")
    own = await town.reader("lin", OWN)
    clock.skip(60)
    edited = await town.edit("lin", post, "hello")
    assert edited.edited_at == clock.now()
    assert await own.texts() == ["hello"]
    assert await town.edit("lin", post, "hello") == edited
    assert await own.texts() == []


async def test_pages_of_forty(town):
    home = await town.reader("ada", HOME)
    await town.follow("ada", "lin")
    for n in range(85):
        await town.post("lin", str(n))
    pages = await home.pages()
    assert [(len(page.posts), page.more) for page in pages] == [(40, True), (40, True), (5, False)]
    assert [post.text for page in pages for post in page.posts] == [str(n) for n in range(85)]


async def test_nothing_lands_behind_the_cursor(town):
    """Many write at once while somebody reads: every post is read exactly once."""
    names = [f"writer_{letter}" for letter in "abcdefgh"]
    for name in names:
        await town.follow("ada", name)
    home, seen = await town.reader("ada", HOME), []
    writing = asyncio.gather(*(town.post(name, f"{name} {n}") for n in range(12) for name in names))
    while not writing.done():
        seen += await home.texts()
        await asyncio.sleep(0)
    seen += await home.texts()
    assert sorted(seen) == sorted(f"{name} {n}" for n in range(12) for name in names)


async def test_edit_takes_a_mention_back(town):
    """Who is not named any more loses a direct post, hears so, and hears no more of it."""
    for name in ("ada", "bob", "eve"):
        await town.account(name)
    post = await town.post("lin", "@ada @eve psst", DIRECT)
    mentions, bob = await town.reader("ada", MENTIONS), await town.reader("bob", MENTIONS)
    await town.edit("lin", post, "@eve psst, and @bob")
    assert await mentions.gone() == [post.id]
    assert await bob.texts() == ["@eve psst, and @bob"]
    with pytest.raises(TargetGone):
        await town.adapter.get(await town.account("ada"), post.id)


async def test_edit_takes_a_tag_out(town):
    tag, late = await town.reader(None, TAG, "tea"), None
    post = await town.post("lin", "good #Tea")
    assert await tag.texts() == ["good #Tea"]
    await town.edit("lin", post, "good coffee")
    assert await tag.texts() == ["good coffee"]
    late = await town.reader(None, TAG, "#TEA")
    await town.edit("lin", post, "good water")
    assert await late.texts() == ["good water"]
    assert "water" not in (await town.get("/tags/tea"))[2]


async def test_came_and_went_unseen(town):
    own, person = await town.reader("lin", OWN), await town.reader(None, PERSON, "lin")
    await town.delete("lin", await town.post("lin", "oops"))
    assert (await own.gone(), await person.gone()) == ([], [])


async def test_deletions_do_not_tell_strangers(town):
    """Ids of posts that one never could read are never told as gone."""
    posts = [await town.post("lin", "x", audience) for audience in (UNLISTED, FOLLOWERS, DIRECT)]
    person = await town.reader("eve", PERSON, "lin")
    for post in posts:
        await town.delete("lin", post)
    assert await person.gone() == []


async def test_home_shows_answers_among_friends_only(town):
    await town.follow("ada", "lin")
    stranger = await town.post("eve", "question")
    home = await town.reader("ada", HOME)
    await town.post("lin", "to a stranger", reply_to=stranger.id)
    mine = await town.post("ada", "mine")
    await town.post("lin", "to you", reply_to=mine.id)
    assert await home.texts() == ["mine", "to you"]
    await town.follow("ada", "eve")
    await town.post("lin", "to a friend", reply_to=stranger.id)
    assert await home.texts() == ["to a friend"]


async def test_boosts(town):
    """A boost shows once in the homes of followers; what becomes of the post follows it there."""
    await town.follow("ada", "lin")
    lin, post = await town.account("lin"), await town.post("eve", "good")
    home, eve = await town.reader("ada", HOME), await town.reader("eve", MENTIONS)
    for on in (True, True, False, True):
        await town.adapter.boost(lin, post.id, on)
    (shown,) = await home.posts()
    assert (shown.id, shown.author.name, shown.boost.by.name) == (post.id, "eve", "lin")
    assert await eve.told() == [("boost", "lin", post.id)]
    await town.edit("eve", post, "better")
    assert [(one.text, one.boost) for one in await home.posts()] == [("better", None)]
    await town.adapter.boost(lin, post.id, False)
    await town.delete("eve", post)
    assert await home.gone() == [post.id]


@pytest.mark.parametrize(
    ("audience", "by_other", "by_author"),
    [(PUBLIC, True, True), (UNLISTED, True, True), (FOLLOWERS, False, True), (DIRECT, False, False)],
)
async def test_who_may_boost(town, audience, by_other, by_author):
    await town.account("ada")
    post = await town.post("lin", "@ada look", audience)
    for name, may in (("ada", by_other), ("lin", by_author)):
        context = contextlib.nullcontext() if may else pytest.raises(Rejected)
        with context:
            await town.adapter.boost(await town.account(name), post.id, True)


async def test_boost_reaches_only_those_who_may_read(town):
    """The author's own boost of a followers-only post stays among followers."""
    await town.follow("ada", "lin")
    post = await town.post("lin", "for friends", FOLLOWERS)
    ada, eve = await town.reader("ada", HOME), await town.reader("eve", HOME)
    await town.adapter.boost(await town.account("lin"), post.id, True)
    assert [one.boost is not None for one in await ada.posts()] == [True]
    assert await eve.posts() == []


async def test_notifications(town):
    mentions = await town.reader("lin", MENTIONS)
    ada, post = await town.account("ada"), await town.post("lin", "hello")
    for on in (True, False, True):
        await town.follow("ada", "lin", on)
        await town.adapter.favourite(ada, post.id, on)
    await town.adapter.favourite(await town.account("lin"), post.id, True)
    await town.post("ada", "an answer", reply_to=post.id)
    (page,) = await mentions.pages()
    assert [(one.kind, one.by.handle, one.post) for one in page.notifications] == [
        ("follow", "@ada", None),
        ("favourite", "@ada", post.id),
    ]
    assert [one.text for one in page.posts] == ["an answer"]


async def test_locked_account(town):
    lin, ada = await town.account("lin"), await town.account("ada")
    await town.adapter.lock(lin, True)
    mentions, home = await town.reader("lin", MENTIONS), await town.reader("ada", HOME)
    profile = await town.follow("ada", "lin")
    assert (profile.locked, profile.pending, profile.followers) == (True, True, 0)
    assert await mentions.told() == [("follow-request", "ada", None)]
    await town.post("lin", "too early", FOLLOWERS)
    assert await home.posts() == []
    await town.adapter.approve(lin, "@ada", True)
    assert not (await town.adapter.whois(ada, "lin")).pending
    post = await town.post("lin", "welcome", FOLLOWERS)
    assert "welcome" in await home.texts()
    await town.adapter.approve(lin, "ada", False)
    with pytest.raises(TargetGone):
        await town.adapter.get(ada, post.id)
    with pytest.raises(TargetGone):
        await town.adapter.approve(lin, "ada", True)


async def test_one_does_not_follow_oneself(town):
    with pytest.raises(Rejected):
        await town.follow("lin", "lin")


# --- listening ---


async def test_hints_are_for_those_who_may_know(town):
    """A stream names a post only to those who may read it, or could before it went."""
    await town.follow("ada", "lin")
    heard = {"ada": [], "eve": []}

    async def listen(name):
        account = await town.account(name)
        async for hint in town.adapter.listen(town.timeline(HOME), account):
            heard[name].append(hint)

    tasks = [asyncio.create_task(listen(name)) for name in heard]
    try:
        async with asyncio.timeout(60):
            while len(town.adapter._signal._listeners) < 2:
                await asyncio.sleep(0.005)
            secret = await town.post("lin", "for friends", FOLLOWERS)
            await town.delete("lin", secret)
            last = await town.post("eve", "the end")
            while Hint(last.id) not in heard["eve"] or len(heard["ada"]) < 2:
                await asyncio.sleep(0.005)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert heard == {"ada": [Hint(secret.id)] * 2, "eve": [Hint(last.id)]}
    assert not town.adapter._signal._listeners


# --- moderation and quotas ---


async def test_suspended_account_is_hidden_everywhere(town):
    await town.follow("ada", "lin")
    lin, ada = await town.account("lin"), await town.account("ada")
    post, other = await town.post("lin", "spam #tea"), await town.post("ada", "@lin hello")
    await town.adapter.favourite(lin, other.id, True)
    await town.adapter.report(ada, post.id, "spam")
    home, anybody = await town.reader("ada", HOME), await town.reader(None, TAG, "tea")
    await town.adapter.suspend("@lin", True)
    assert await home.gone() == await anybody.gone() == [post.id]
    assert await town.adapter.reports() == ()
    for path in ("/", "/tags/tea"):
        assert "spam" not in (await town.get(path))[2]
    for path in ("/@lin", post.url, "/@lin/feed.atom", "/@lin/feed.json"):
        assert (await town.get(path))[0] == 404
    page = (await town.get(other.url))[2]
    assert 'href="/@lin"' not in page
    assert "favourite" not in page
    assert (await town.adapter.whois(None, "ada")).following == 0
    for call in (
        town.adapter.publish(lin, Draft("no"), key="no"),
        town.adapter.follow(lin, "ada", True),
        town.adapter.favourite(lin, other.id, True),
        town.adapter.edit(lin, post.id, Draft("no")),
    ):
        with pytest.raises(Rejected) as error:
            await call
        assert error.value.key == "plaza-suspended"
    with pytest.raises(TargetGone):
        await town.adapter.whois(ada, "lin")
    await town.adapter.suspend("@lin", False)
    assert (await town.get(post.url))[0] == 200


async def test_reports(town):
    ada = await town.account("ada")
    post = await town.post("lin", "@ada insult", DIRECT)
    for _ in range(2):
        await town.adapter.report(ada, post.id, " rude ")
    (report,) = await town.adapter.reports()
    assert (report.post.text, report.by.handle, report.comment) == ("@ada insult", "@ada", "rude")
    await town.adapter.remove(post.id)
    await town.adapter.remove(post.id)
    assert await town.adapter.reports() == ()
    with pytest.raises(TargetGone):
        await town.adapter.remove("999")


async def test_posts_per_hour():
    clock = ManualClock()
    async with make_town(clock, posts_per_hour=2) as town:
        first = await town.post("lin", "one")
        clock.skip(600)
        await town.edit("lin", first, "uno")
        with pytest.raises(Temporary) as error:
            await town.post("lin", "three")
        assert error.value.retry_after == 3000
        assert len(await town.adapter.thread(None, first.id)) == 1
        await town.post("ada", "others go on")
        clock.skip(3000)
        await town.post("lin", "three")


async def test_follows_and_reports_per_day():
    clock = ManualClock()
    async with make_town(clock, follows_per_day=1, reports_per_day=1) as town:
        posts = [await town.post(name, "spam") for name in ("ada", "bob")]
        await town.follow("lin", "ada")
        await town.follow("lin", "ada")
        lin = await town.account("lin")
        await town.adapter.report(lin, posts[0].id, "1")
        for call in (town.follow("lin", "bob"), town.adapter.report(lin, posts[1].id, "2")):
            with pytest.raises(Rejected):
                await call
        assert (await town.adapter.whois(None, "bob")).followers == 0
        assert len(await town.adapter.reports()) == 1
        clock.skip(86_400)
        await town.follow("lin", "bob")


@pytest.mark.parametrize(
    "options", [{"limit": 0}, {"bot": "javascript:alert(1)"}, {"title": ""}, {"colour": "red"}]
)
def test_configuration_is_checked(options):
    with pytest.raises(ValueError):
        plaza.Config(**options)


async def test_migration_makes_the_schema(town):
    """What the migration made is what the tables say."""

    def compare(tx, now):
        ours = {"include_object": lambda thing, name, kind, *_: kind != "table" or name.startswith("plaza_")}
        return compare_metadata(MigrationContext.configure(tx, opts=ours), metadata)

    assert await town.context.database.read(compare) == []


async def test_a_notification_is_hinted_to_whom_it_is_for(town):
    heard = {"ada": [], "eve": []}

    async def listen(name):
        async for hint in town.adapter.listen(town.timeline(MENTIONS), await town.account(name)):
            heard[name].append(hint)

    post = await town.post("ada", "like me")
    tasks = [asyncio.create_task(listen(name)) for name in heard]
    try:
        async with asyncio.timeout(60):
            while len(town.adapter._signal._listeners) < 2:
                await asyncio.sleep(0.005)
            await town.adapter.favourite(await town.account("lin"), post.id, True)
            await town.adapter.follow(await town.account("lin"), "@ada", True)
            while len(heard["ada"]) < 2:
                await asyncio.sleep(0.005)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert heard == {"ada": [Hint(None)] * 2, "eve": []}
