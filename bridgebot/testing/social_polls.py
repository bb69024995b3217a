"""The social contract: polls and votes, and posts that show another post."""

from __future__ import annotations

from datetime import timedelta

from bridgebot.errors import Rejected, TargetGone, Unsupported
from bridgebot.model import Account, Ballot, Draft, Limits, Poll, Post, Timeline, TimelineKind
from bridgebot.testing.contract import needs
from bridgebot.testing.social_base import (
    EndsPolls,
    SocialContractBase,
    SocialStage,
    can,
    link,
    on_server,
    publish,
    standing,
)

CHOICES = ("yes", "no: 不 <b>", "👍🏽 perhaps")
HOUR = 3600


def _poll(post: Post | None) -> Poll:
    assert post is not None, "the post is gone"
    assert post.poll is not None, "the post has lost its poll"
    return post.poll


def _fullest(limits: Limits, *, choices: int = 0, length: int = 0) -> Ballot:
    """As many and as long choices as the limits say, and so many more, open for as long as that; no two
    choices are the same.
    """
    number, wide = limits.choices + choices, limits.choice_length + length
    return Ballot(tuple(f"{n}".rjust(2, "0") + "字" * (wide - 2) for n in range(number)), limits.poll_longest)


class PollPromises(SocialContractBase):
    """`Draft.poll`, `Post.poll`, `vote`."""

    async def test_poll(self, stage: SocialStage) -> None:
        """A poll is carried exactly, beside the text and not in it; it is open for as long as was asked."""
        needs(can(stage).publish and can(stage).polls, "polls")
        account = await link(stage)
        for multiple, seconds in ((False, HOUR), (True, 3 * HOUR)):
            text = f"which? {multiple}"
            before = stage.context.clock.now()
            post = await publish(stage, account, text, poll=Ballot(CHOICES, seconds, multiple))
            there = await on_server(stage, post.id)
            assert there is not None
            assert (post.text, there.text) == (text, text)
            for poll in (_poll(post), _poll(there)):
                assert (poll.choices, poll.multiple, poll.closed, poll.voted) == (
                    CHOICES,
                    multiple,
                    False,
                    (),
                )
                assert all(not votes for votes in poll.votes), "nobody has voted"
                if poll.ends_at is not None:
                    open_for = poll.ends_at - before
                    assert abs(open_for - timedelta(seconds=seconds)) < timedelta(seconds=HOUR)
        assert (await publish(stage, account, "no question")).poll is None

    async def test_largest_poll(self, stage: SocialStage) -> None:
        """The limits are true: the largest poll is taken whole; a larger one is refused or whole, not cut."""
        needs(can(stage).publish and can(stage).polls, "polls")
        account = await link(stage)
        limits = await stage.adapter.describe(account)
        assert limits.choices >= 2
        fullest = _fullest(limits)
        post = await publish(stage, account, "as much as there may be", poll=fullest)
        assert _poll(await on_server(stage, post.id)).choices == fullest.choices
        for number, more in enumerate((_fullest(limits, choices=1), _fullest(limits, length=1))):
            text = f"too much {number}"
            try:
                post = await publish(stage, account, text, poll=more)
                assert _poll(await on_server(stage, post.id)).choices == more.choices
            except Rejected as error:
                stage.reads(error.key, error.arguments)
                assert await standing(stage, text) == []

    async def test_vote(self, stage: SocialStage) -> None:
        """A vote counts for what was chosen, counted from 0, once; it tells how the poll stands then."""
        account, voter = await link(stage), await link(stage, "lin")
        if not can(stage).polls:
            with stage.raises(Unsupported):
                await stage.adapter.vote(voter, "1", (0,))
            return
        for multiple, choices in ((False, (2,)), (True, (1, 2)), (True, (0,))):
            text = f"one or many? {multiple} {choices}"
            post = await publish(stage, account, text, poll=Ballot(CHOICES, HOUR, multiple))
            poll = await stage.adapter.vote(voter, post.id, choices)
            assert (poll.choices, poll.voted, poll.closed) == (CHOICES, choices, False)
            self._counted(poll, choices)
            if can(stage).get:
                seen = _poll(await stage.adapter.get(voter, post.id))
                assert seen.voted == choices, "who voted sees what"
                assert _poll(await stage.adapter.get(account, post.id)).voted == (), "who did not, not"
                self._counted(seen, choices)

    @staticmethod
    def _counted(poll: Poll, choices: tuple[int, ...]) -> None:
        if poll.votes and None not in poll.votes:
            assert poll.votes == tuple(int(n in choices) for n in range(len(poll.choices)))
        assert poll.voters in (None, 1)

    async def test_vote_once(self, stage: SocialStage) -> None:
        """A second vote, several choices where one may make one, and what is no choice are refused."""
        needs(can(stage).publish and can(stage).polls, "polls")
        account, voter = await link(stage), await link(stage, "lin")
        post = await publish(stage, account, "once?", poll=Ballot(CHOICES, HOUR))
        for wrong in ((0, 1), (3,), (-1,), ()):
            with stage.raises(Rejected):
                await stage.adapter.vote(voter, post.id, wrong)
        self._counted(await stage.adapter.vote(voter, post.id, (1,)), (1,))
        for again in ((1,), (0,)):
            with stage.raises(Rejected):
                await stage.adapter.vote(voter, post.id, again)
        if can(stage).get:
            self._counted(_poll(await stage.adapter.get(voter, post.id)), (1,))

    async def test_vote_where_nothing_is_to_choose(self, stage: SocialStage) -> None:
        """There is no vote in a post without a poll, nor in one that is gone."""
        needs(can(stage).publish and can(stage).polls, "polls")
        account, voter = await link(stage), await link(stage, "lin")
        plain = await publish(stage, account, "a statement")
        with stage.raises(Rejected, TargetGone):
            await stage.adapter.vote(voter, plain.id, (0,))
        gone = await stage.remote.add(None, "soon gone", account=account)
        await stage.remote.delete(gone)
        with stage.raises(TargetGone):
            await stage.adapter.vote(voter, gone, (0,))

    async def test_poll_ends(self, stage: SocialStage) -> None:
        """A poll that is over says so, shows what was voted, and takes no vote any more."""
        needs(can(stage).publish and can(stage).polls, "polls")
        remote = stage.remote
        needs(isinstance(remote, EndsPolls), "polls that a test can end")
        assert isinstance(remote, EndsPolls)
        account, voter = await link(stage), await link(stage, "lin")
        ballot = Ballot(CHOICES, HOUR)
        post, missed = [await publish(stage, account, text, poll=ballot) for text in ("till when?", "what?")]
        await stage.adapter.vote(voter, post.id, (1,))
        for over in (post, missed):
            await remote.end_poll(over.id)
        with stage.raises(Rejected):
            await stage.adapter.vote(voter, missed.id, (0,))
        if can(stage).get:
            for seen, votes in ((post, (0, 1, 0)), (missed, (0, 0, 0))):
                result = _poll(await stage.adapter.get(account, seen.id))
                assert (result.closed, result.votes) == (True, votes)

    async def test_poll_is_read(self, stage: SocialStage) -> None:
        """A timeline brings a poll as `publish` gave it; that somebody voted makes it no new post."""
        needs(can(stage).publish and can(stage).polls, "polls")
        needs(TimelineKind.OWN in can(stage).timelines, "an own timeline")
        account, voter = await link(stage), await link(stage, "lin")
        own = Timeline(TimelineKind.OWN, account.server)
        cursor = (await stage.adapter.fetch(own, account, None)).cursor
        post = await publish(stage, account, "read me", poll=Ballot(CHOICES, HOUR, True))
        page = await stage.adapter.fetch(own, account, cursor)
        assert [(seen.id, seen.text) for seen in page.posts] == [(post.id, "read me")]
        seen = _poll(page.posts[0])
        assert (seen.choices, seen.multiple, seen.ends_at) == (CHOICES, True, _poll(post).ends_at)
        await stage.adapter.vote(voter, post.id, (0,))
        later = await stage.adapter.fetch(own, account, page.cursor)
        assert [seen.edited_at for seen in later.posts if seen.edited_at is not None] == []
        again = await stage.adapter.fetch(own, account, cursor)
        self._counted(_poll(again.posts[-1]), (0,))

    async def test_edit_keeps_the_poll(self, stage: SocialStage) -> None:
        """An edit with the same poll in its draft changes words: the poll, its end and its votes stay."""
        needs(can(stage).edit and can(stage).polls, "edit and polls")
        account, voter = await link(stage), await link(stage, "lin")
        ballot = Ballot(CHOICES, HOUR)
        post = await publish(stage, account, "wich?", poll=ballot)
        await stage.adapter.vote(voter, post.id, (1,))
        edited = await stage.adapter.edit(account, post.id, Draft("which?", poll=ballot))
        there = await on_server(stage, post.id)
        assert (edited.text, there and there.text) == ("which?", "which?")
        for poll in (_poll(edited), _poll(there)):
            assert (poll.choices, poll.multiple, poll.closed) == (CHOICES, False, False)
            self._counted(poll, (1,))

    async def test_find_a_poll(self, stage: SocialStage) -> None:
        """`find` knows a poll by its draft."""
        needs(can(stage).find and can(stage).polls, "find and polls")
        account, draft = await link(stage), Draft("found?", poll=Ballot(CHOICES, HOUR))
        since = stage.context.clock.now()
        assert await stage.adapter.find(account, "key-1", draft, since=since) is None
        post = await stage.adapter.publish(account, draft, key="key-1")
        found = await stage.adapter.find(account, "key-1", draft, since=since)
        assert found is not None
        assert found.id == post.id


class QuotePromises(SocialContractBase):
    """`Draft.quote`, `Post.quote`."""

    async def test_quote(self, stage: SocialStage) -> None:
        """A quoted post is shown beside the text, and its address does not stand in the text."""
        needs(can(stage).publish and can(stage).quotes, "quotes")
        account = await link(stage)
        shown = await self._shown(stage, account)
        await stage.remote.add(None, "another", account=account)
        post = await publish(stage, account, "look at this", quote=shown)
        for seen in (post, await on_server(stage, post.id)):
            assert seen is not None
            assert seen.text == "look at this"
            assert seen.quote is not None
            assert (seen.quote.id, seen.reply_to) == (shown, None)
            assert seen.quote.url.startswith(("https://", "http://"))
        assert (await publish(stage, account, "nothing to show")).quote is None

    async def test_quote_of_what_is_gone(self, stage: SocialStage) -> None:
        """A quote of a post that is gone is an error, not a new post."""
        needs(can(stage).publish and can(stage).quotes, "quotes")
        account = await link(stage)
        shown = await self._shown(stage, account)
        await stage.remote.delete(shown)
        with stage.raises(TargetGone, Rejected):
            await publish(stage, account, "too late to show", quote=shown)
        assert await standing(stage, "too late to show") == []

    async def test_edit_keeps_the_quote(self, stage: SocialStage) -> None:
        """An edit with the same quote in its draft changes words, and shows what it showed."""
        needs(can(stage).edit and can(stage).quotes, "edit and quotes")
        account = await link(stage)
        shown = await self._shown(stage, account)
        post = await publish(stage, account, "lok", quote=shown)
        edited = await stage.adapter.edit(account, post.id, Draft("look", quote=shown))
        there = await on_server(stage, post.id)
        for seen in (edited, there):
            assert seen is not None
            assert (seen.text, seen.quote and seen.quote.id) == ("look", shown)

    async def test_quote_is_read(self, stage: SocialStage) -> None:
        """A timeline brings whose post is shown, and its address."""
        needs(can(stage).publish and can(stage).quotes, "quotes")
        needs(TimelineKind.OWN in can(stage).timelines, "an own timeline")
        account = await link(stage)
        shown = await self._shown(stage, account)
        own = Timeline(TimelineKind.OWN, account.server)
        cursor = (await stage.adapter.fetch(own, account, None)).cursor
        post = await publish(stage, account, "read this", quote=shown)
        page = await stage.adapter.fetch(own, account, cursor)
        assert [(seen.id, seen.text) for seen in page.posts] == [(post.id, "read this")]
        quote = page.posts[0].quote
        assert quote is not None
        assert (quote.id, quote.url) == (shown, post.quote and post.quote.url)
        assert quote.handle, "whose it is"

    @staticmethod
    async def _shown(stage: SocialStage, account: Account) -> str:
        """A post of somebody else that anybody may show."""
        return await stage.remote.add(None, "worth a look", account=account)
