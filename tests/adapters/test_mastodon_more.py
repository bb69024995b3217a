"""Posts that are more than words: files, polls and quotes go out, are found again, and outlive an edit."""

from dataclasses import replace

import pytest

from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Audience, Ballot, Draft, File, Uploaded
from tests.adapters.mastodon_town import town
from tests.servers.mastodon import Fault

PNG = b"\x89PNG" + bytes(range(256)) * 300
ALT = 'a cup of "tea": 茶'


def reader(content=PNG, piece=10_000):
    """Gives the bytes from the first, each time it is called."""

    async def read():
        for start in range(0, len(content), piece):
            yield content[start : start + piece]

    return read


def picture(**more):
    return replace(File("image", "image/png", len(PNG), ALT, 48, 36), **more)


async def uploaded(here, file=None, key="f"):
    file = file or picture()
    return Uploaded(await here.adapter.upload(here.ada, file, reader(), key=key), file.alt)


def mine(here):
    (status,) = [one for one in here.server.world.statuses.values() if one.author.username == "ada"]
    return status


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe", "pleroma", "pixelfed", "snac"])
async def test_a_file_goes_out_whole_with_its_description(flavour):
    async with town(flavour) as here:
        files = tuple([await uploaded(here, key=key) for key in "ab"])
        post = await here.adapter.publish(here.ada, Draft("look", files=files), key="k")
        assert [(one.kind, one.alt) for one in post.media] == [("image", ALT)] * 2
        for medium in mine(here).media:
            assert medium["_content"] == PNG
            assert medium["_name"] == "file.png"
        order = [files[0].ref.rpartition(":")[2], files[1].ref.rpartition(":")[2]]
        assert [medium["id"] for medium in mine(here).media] == order
        asked_after = [path for method, path in here.server.asked if method == "GET" and "/media/" in path]
        assert len(asked_after) == (2 if flavour == "pixelfed" else 0)  # Takahe would answer with a 500


async def test_a_request_says_how_long_it_is():
    """snac takes no body in pieces of unknown length."""
    async with town() as here:
        seen, real = [], here.server._good

        async def good(request, *more):
            seen.append((request.path, request.content_length, request.headers.get("Transfer-Encoding")))
            return await real(request, *more)

        here.server._good = good
        await uploaded(here)
        ((path, length, encoding),) = [one for one in seen if one[0].endswith("/media")]
        assert (path, encoding) == ("/api/v2/media", None)
        assert length > len(PNG)


async def test_a_film_is_waited_for():
    """202, then 206 while the server works on it, then 200 (docs, methods/media)."""
    async with town() as here:
        film = Uploaded(await here.adapter.upload(here.ada, picture(type="video/mp4"), reader(), key="f"))
        draft = Draft("watch", files=(film,))
        for _ in range(2):
            with pytest.raises(Temporary) as info:
                await here.adapter.publish(here.ada, draft, key="k")
            assert (info.value.key, info.value.retry_after) == ("mastodon-processing", 5.0)
        post = await here.adapter.publish(here.ada, draft, key="k")
        assert [one.kind for one in post.media] == ["video"]
        assert here.asked("POST", "/api/v1/statuses") == 1


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.CUT_BEFORE, Fault.TRUNCATED, Fault.BAD_GATEWAY])
async def test_an_upload_without_an_answer_is_simply_made_again(fault):
    async with town() as here:
        here.server.fail(fault, method="POST", path="/media")
        with pytest.raises(Temporary):
            await uploaded(here)
        post = await here.adapter.publish(here.ada, Draft("look", files=(await uploaded(here),)), key="k")
        assert len(post.media) == 1


async def test_what_a_server_does_not_take_is_refused():
    async with town() as here:
        with pytest.raises(Rejected):
            await uploaded(here, picture(type="application/pdf"))
        with pytest.raises(Rejected):
            await uploaded(here, picture(alt="x" * 1501))
        limits = await here.adapter.describe(here.ada)
        assert (limits.files.alt_length, limits.files.count) == (1500, 4)
        assert "application/pdf" not in limits.files.types


async def test_a_post_with_files_whose_answer_was_lost_is_found():
    async with town("gotosocial") as here:
        files = (await uploaded(here),)
        here.server.fail(Fault.CUT_AFTER, method="POST", path="/statuses")
        with pytest.raises(Unconfirmed):
            await here.adapter.publish(here.ada, Draft("look", files=files), key="k")
        found = await here.adapter.find(here.ada, "k", Draft("look", files=files), since=here.began)
        assert found.id == mine(here).id
        assert await here.adapter.find(here.ada, "k", Draft("look"), since=here.began) is None


async def test_a_file_that_stands_under_a_post_already_is_refused_and_not_left_out():
    async with town() as here:
        files = (await uploaded(here),)
        await here.adapter.publish(here.ada, Draft("one", files=files), key="1")
        with pytest.raises(Rejected):
            await here.adapter.publish(here.ada, Draft("two", files=files), key="2")


# --- polls -------------------------------------------------------------------------------------

TEA = Ballot(("tea", "咖啡", "neither"), 3600, multiple=True)


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe", "pleroma"])
async def test_a_poll_goes_out_as_it_was_meant(flavour):
    async with town(flavour) as here:
        post = await here.adapter.publish(here.ada, Draft("which?", poll=TEA), key="k")
        assert (post.text, post.poll.choices, post.poll.multiple) == ("which?", TEA.choices, True)
        assert abs((post.poll.ends_at - post.created_at).total_seconds() - 3600) < 2
        assert (post.poll.closed, post.poll.votes, post.poll.voters) == (False, (0, 0, 0), 0)
        others = replace(TEA, choices=("tea", "coffee", "neither"))
        for poll, found in ((TEA, True), (others, False), (None, False)):
            draft = Draft("which?", poll=poll)
            assert bool(await here.adapter.find(here.ada, "k", draft, since=here.began)) is found


async def test_a_vote_is_counted_once():
    async with town() as here:
        post = here.grete.poll("which?", "tea", "coffee")
        now = await here.adapter.vote(here.ada, post.id, (1,))
        assert (now.votes, now.voted, now.voters) == ((0, 1), (1,), 1)
        for again in (0, 1):
            with pytest.raises(Rejected) as info:
                await here.adapter.vote(here.ada, post.id, (again,))
            assert info.value.key == "mastodon-poll-voted"
        assert (await here.adapter.get(here.ada, post.id)).poll == now


async def test_several_may_be_chosen_where_the_poll_says_so():
    async with town() as here:
        many = here.grete.poll("which?", "tea", "coffee", "water", multiple=True)
        assert (await here.adapter.vote(here.ada, many.id, (2, 0))).votes == (1, 0, 1)
        one = here.grete.poll("which?", "tea", "coffee")
        for wrong in ((0, 1), (2,), (-1,), ()):
            with pytest.raises(Rejected) as info:
                await here.adapter.vote(here.ada, one.id, wrong)
            assert info.value.key == "mastodon-poll-choice"
        assert one.poll["_votes"] == {}


async def test_what_is_no_vote_is_refused():
    async with town() as here:
        over, own, plain = here.grete.poll("a", "b", "c"), here.me.poll("d", "e", "f"), here.grete.post("g")
        for post, choice, key in (
            (plain, 0, "mastodon-no-poll"),
            (own, 0, "mastodon-poll-voted"),
            (over, 7, "mastodon-poll-choice"),
        ):
            with pytest.raises(Rejected) as info:
                await here.adapter.vote(here.ada, post.id, (choice,))
            assert info.value.key == key
        here.server.advance(2 * 86400)
        with pytest.raises(Rejected) as info:
            await here.adapter.vote(here.ada, over.id, (0,))
        assert info.value.key == "mastodon-poll-over"
        with pytest.raises(TargetGone):
            await here.adapter.vote(here.ada, "1", (0,))


async def test_results_may_be_hidden_until_the_end():
    async with town() as here:
        post = here.grete.poll("which?", "tea", "coffee", hidden=True)
        here.server.person("lin").vote(post, 1)
        assert (await here.adapter.get(here.ada, post.id)).poll.votes == (None, None)
        here.server.advance(2 * 86400)
        ended = (await here.adapter.get(here.ada, post.id)).poll
        assert (ended.votes, ended.closed, ended.voted) == ((0, 1), True, ())


# --- edits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe", "akkoma"])
@pytest.mark.parametrize("hidden", [False, True])
async def test_an_edit_keeps_a_poll_with_its_votes_and_its_end(flavour, hidden):
    async with town(flavour) as here:
        post = here.me.poll("wich?", "tea", "coffee", multiple=True, hidden=hidden)
        here.grete.vote(post, 0, 1)
        before = (await here.adapter.get(here.ada, post.id)).poll
        edited = await here.adapter.edit(here.ada, post.id, Draft("which?"))
        assert edited.text == "which?"
        assert abs((edited.poll.ends_at - before.ends_at).total_seconds()) < 2
        assert replace(edited.poll, ends_at=before.ends_at) == before
        assert post.poll["_votes"] == {here.grete.who: [0, 1]}


async def test_an_edit_that_would_cost_a_poll_is_not_made():
    """One that is over, or nearly so, cannot be named again."""
    for passed in (86400 - 200, 86401):
        async with town() as here:
            post = here.me.poll("well?", "a", "b")
            here.server.advance(passed)
            with pytest.raises(Rejected) as info:
                await here.adapter.edit(here.ada, post.id, Draft("well??"))
            assert info.value.key == "mastodon-edit-poll"
            assert (post.text, len(post.poll["options"])) == ("well?", 2)


async def test_an_edit_keeps_files_in_their_order_and_the_quote():
    async with town() as here:
        files = tuple([await uploaded(here, key=key) for key in "ab"])
        post = await here.adapter.publish(here.ada, Draft("lok", files=files), key="1")
        edited = await here.adapter.edit(here.ada, post.id, Draft("look"))
        assert edited.media == post.media
        anew = (files[0], replace(files[1], alt="a saucer"))
        described = await here.adapter.edit(here.ada, post.id, Draft("look!", files=anew))
        assert [one.alt for one in described.media] == [ALT, "a saucer"]
        there = here.grete.post("wise words")
        quoting = await here.adapter.publish(here.ada, Draft("tru", quote=there.id), key="2")
        assert (await here.adapter.edit(here.ada, quoting.id, Draft("true"))).quote == quoting.quote


# --- as it was typed ---------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe", "pleroma", "akkoma"])
async def test_what_was_typed_with_another_app_is_given_to_be_changed(flavour):
    async with town(flavour) as here:
        post = here.me.post("@grete 你好 *hi* <b>", warning="careful")
        assert "@grete@" in (await here.adapter.get(here.ada, post.id)).text
        assert await here.adapter.typed(here.ada, post.id) == "@grete 你好 *hi* <b>"
        hidden = here.grete.post("for friends", visibility="private")
        with pytest.raises(TargetGone):
            await here.adapter.typed(here.ada, hidden.id)
        with pytest.raises(AuthExpired):
            await here.adapter.typed(replace(here.ada, credentials=""), post.id)


@pytest.mark.parametrize("flavour", ["gotosocial", "pleroma", "akkoma"])
async def test_an_edit_keeps_what_is_made_of_the_words(flavour):
    """What an app wrote as Markdown would stand there with its stars."""
    async with town(flavour) as here:
        for kind in ("text/markdown", "text/plain"):
            post = here.me.post("*helo*", content_type=kind)
            edited = await here.adapter.edit(here.ada, post.id, Draft("*hello*"))
            assert (edited.id, post.text, post.content_type) == (post.id, "*hello*", kind)


async def test_where_a_server_does_not_say_what_it_makes_of_words_an_edit_is_plain():
    async with town("pleroma") as here:
        world = here.server.world
        world.flavour = replace(world.flavour, missing="GET .*/source")
        post = here.me.post("*helo*", content_type="text/markdown")
        await here.adapter.edit(here.ada, post.id, Draft("*hello*"))
        assert post.content_type == "text/plain"


# --- quotes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["mastodon", "pleroma", "akkoma"])
async def test_a_quote_goes_out_and_is_read_in_each_shape(flavour):
    async with town(flavour) as here:
        there = here.grete.post("wise words, @lin")
        post = await here.adapter.publish(here.ada, Draft("so true\n\nso", quote=there.id), key="k")
        assert (post.text, post.quote.id) == ("so true\n\nso", there.id)
        assert (post.quote.handle, post.quote.text) == (here.grete.handle, "wise words, @lin@masto.example")
        assert post.quote.url == f"https://masto.example/@grete/{there.id}"
        other = here.grete.post("something else")
        for quote, found in ((there.id, True), (other.id, False), (None, False)):
            draft = Draft("so true\n\nso", quote=quote)
            assert bool(await here.adapter.find(here.ada, "k", draft, since=here.began)) is found


@pytest.mark.parametrize("policy", ["nobody", "followers"])
async def test_who_does_not_want_to_be_quoted_is_not(policy):
    async with town() as here:
        there = here.grete.post("wise words")
        there.quote_policy = policy
        with pytest.raises(Rejected) as info:
            await here.adapter.publish(here.ada, Draft("so true", quote=there.id), key="k")
        assert info.value.key == "mastodon-no-quotes"
        assert here.asked("POST", "/api/v1/statuses") == 0
        here.me.follow(here.grete)
        if policy == "followers":
            assert (await here.adapter.publish(here.ada, Draft("so true", quote=there.id), key="k")).quote


async def test_a_quote_that_must_be_agreed_to_shows_only_the_address_until_then():
    async with town() as here:
        there = here.grete.post("wise words")
        there.quote_policy = "manual"
        draft = Draft("so true", quote=there.id)
        post = await here.adapter.publish(here.ada, draft, key="k")
        assert (post.text, post.quote.id, post.quote.text) == ("so true", None, "")
        assert post.quote.url.endswith(there.id)
        assert (await here.adapter.find(here.ada, "k", draft, since=here.began)).id == post.id
        for state, shown in (("accepted", "wise words"), ("rejected", None), ("revoked", None)):
            here.grete.settle(post.id, state)
            now = await here.adapter.get(here.ada, post.id)
            assert (now.text, now.quote.text if now.quote else None) == ("so true", shown)


async def test_a_quoted_post_that_is_gone_or_kept_off_is_not_shown():
    async with town() as here:
        there = here.grete.post("wise words")
        post = here.server.person("lin").post("so true", quotes=there)
        here.me.block(here.grete)
        assert (await here.adapter.get(here.ada, post.id)).quote is None
        here.me.block(here.grete, False)
        here.me.mute(here.grete)
        assert (await here.adapter.get(here.ada, post.id)).quote is None
        here.me.mute(here.grete, False)
        here.grete.delete(there)
        gone = await here.adapter.get(here.ada, post.id)
        assert (gone.text, gone.quote.text, gone.quote.id) == ("so true", "", None)


async def test_a_warning_hides_the_words_of_what_is_quoted():
    async with town() as here:
        there = here.grete.post("the butler did it", warning="spoilers")
        post = here.server.person("lin").post("look", quotes=there)
        assert (await here.adapter.get(here.ada, post.id)).quote.text == "spoilers"


async def test_a_quote_of_a_quote_ends_there():
    async with town() as here:
        first = here.grete.post("one")
        second = here.server.person("lin").post("two", quotes=first)
        third = here.me.post("three", quotes=second)
        post = await here.adapter.get(here.ada, third.id)
        assert (post.text, post.quote.text) == ("three", "two")


# --- where servers are strange -----------------------------------------------------------------


async def test_pixelfed_takes_no_words_without_a_picture():
    async with town("pixelfed") as here:
        with pytest.raises(Rejected) as info:
            await here.adapter.publish(here.ada, Draft("only words"), key="k")
        assert info.value.key == "mastodon-needs-picture"
        assert here.asked("POST", "/api/v1/statuses") == 0
        parent = here.grete.post("a picture")
        answer = await here.adapter.publish(here.ada, Draft("nice", reply_to=parent.id), key="a")
        assert answer.reply_to == parent.id
        direct = Draft("psst", Audience.DIRECT, reply_to=parent.id)
        with pytest.raises(Rejected):
            await here.adapter.publish(here.ada, direct, key="d")


async def test_pixelfed_refuses_a_key_it_has_seen_and_nobody_knows_why():
    """So it is looked for again, and never posted twice."""
    async with town("pixelfed") as here:
        draft = Draft("look", files=(await uploaded(here),))
        here.server.fail(Fault.CUT_AFTER, method="POST", path="/statuses")
        for _ in range(2):
            with pytest.raises(Unconfirmed):
                await here.adapter.publish(here.ada, draft, key="k")
        assert (await here.adapter.find(here.ada, "k", draft, since=here.began)).id == mine(here).id


async def test_posts_for_the_server_alone_are_for_nobody_else():
    async with town("akkoma") as here:
        post = here.grete.post("between us")
        post.visibility = "local"
        here.server.world.visible = lambda status, viewer: True
        assert (await here.adapter.get(here.ada, post.id)).audience is Audience.DIRECT
