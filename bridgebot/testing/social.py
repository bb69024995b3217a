"""The social contract: every promise of `SocialAdapter`, tested at the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import AdapterError, Rejected, TargetGone, Unsupported
from bridgebot.model import Account, Audience, Browser, Consent, Draft, Question, Redirect
from bridgebot.testing.contract import emphasised, fill, fill_wide, needs
from bridgebot.testing.social_base import (
    SocialContractBase,
    SocialFailure,
    SocialRemote,
    SocialStage,
    asks_consent,
    can,
    link,
    on_server,
    publish,
    standing,
)
from bridgebot.testing.social_failures import FailurePromises
from bridgebot.testing.social_files import FilePromises
from bridgebot.testing.social_people import PeoplePromises
from bridgebot.testing.social_polls import PollPromises, QuotePromises
from bridgebot.testing.social_public import PublicPromises
from bridgebot.testing.social_read import ReadingPromises

__all__ = ["SocialAdapterContract", "SocialFailure", "SocialRemote", "SocialStage"]


class LinkingPromises(SocialContractBase):
    """`link`, `describe`, `refresh`, `unlink`."""

    async def test_linking_asks_then_knows_who(self, stage: SocialStage) -> None:
        """Linking asks in texts that people can read, and ends with an account that works."""
        needs(not can(stage).accountless, "accounts")
        step = await stage.adapter.link(None, None)
        while not isinstance(step, Account):
            assert not isinstance(step, Consent), "without a redirect there is no way back from a browser"
            stage.reads(step.key, step.arguments)
            stage.keeps_secrets(step)
            answer = await stage.remote.answer(step)
            if isinstance(step, Question) and answer in stage.remote.secrets:
                assert step.secret, "a secret is asked for without saying that it is one"
            step = await stage.adapter.link(step.progress, answer)
        assert all((step.id, step.handle, step.server)), "an account says who it is and where"
        assert (await stage.adapter.describe(step)).max_length > 0
        other = await link(stage, "lin")
        assert (other.id, other.handle) != (step.id, step.handle)
        assert other.server == step.server
        stage.keeps_secrets(step, other)

    async def test_wrong_answer(self, stage: SocialStage) -> None:
        """A wrong answer is `Rejected`; the same question asked again takes the right one."""
        needs(not can(stage).accountless, "accounts")
        step = await stage.adapter.link(None, None)
        while not isinstance(step, Account):
            with stage.raises(Rejected):
                await stage.adapter.link(step.progress, await stage.remote.answer(step, right=False))
            step = await stage.adapter.link(step.progress, await stage.remote.answer(step))
        stage.keeps_secrets()

    async def test_answer_given_at_once(self, stage: SocialStage) -> None:
        """What the first question would ask may come with the first call."""
        needs(not can(stage).accountless, "accounts")
        first = await stage.adapter.link(None, None)
        needs(isinstance(first, Question), "a first question")
        assert isinstance(first, Question)
        asked = await stage.adapter.link(first.progress, await stage.remote.answer(first, "ada"))
        given = await stage.adapter.link(None, await stage.remote.answer(first, "lin"))
        assert type(given) is type(asked)
        if isinstance(asked, Question | Browser) and isinstance(given, Question | Browser):
            assert given.key == asked.key

    async def test_joining_takes_the_name(self, stage: SocialStage) -> None:
        """Where linking makes a new account, its first answer is the name, which nobody else gets."""
        needs(can(stage).join, "join")
        first = await stage.adapter.link(None, None)
        assert isinstance(first, Question)
        name = await stage.remote.answer(first, "ada")
        account = await link(stage, "ada")
        assert name in account.handle
        with stage.raises(Rejected):
            await stage.adapter.link(first.progress, name)

    async def test_consent_in_a_browser(self, stage: SocialStage) -> None:
        """The page of consent is told the redirect, its state and a challenge; the code proves who."""
        redirect, other = (Redirect(f"https://bot.example/l/{n}/back", f"state {n} &=?") for n in (1, 2))
        needs(not can(stage).accountless, "accounts")
        if not can(stage).web_link:
            assert not isinstance(await stage.adapter.link(None, None, redirect=redirect), Consent)
            return
        step, meanwhile = await asks_consent(stage, redirect), await asks_consent(stage, other, "lin")
        asked, again = (_query(one.url) for one in (step, meanwhile))
        assert (asked["redirect_uri"], asked["state"]) == (redirect.url, redirect.state)
        assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
        assert asked["code_challenge"] != again["code_challenge"], "each attempt has a challenge of its own"
        assert step.scopes, "people are told what they allow"
        for scope in step.scopes:
            stage.reads(scope, {})
        stage.keeps_secrets(step)
        strange = await stage.remote.answer(meanwhile, "lin")
        for wrong in (await stage.remote.answer(step, right=False), strange):
            with stage.raises(Rejected):
                await stage.adapter.link(step.progress, wrong, redirect=redirect)
        ada = await self._proven(stage, step, redirect, await stage.remote.answer(step))
        lin = await self._proven(stage, meanwhile, other, await stage.remote.answer(meanwhile, "lin"))
        assert (ada.id, lin.id) == ((await link(stage)).id, (await link(stage, "lin")).id)

    async def _proven(self, stage: SocialStage, step: Consent, redirect: Redirect, code: str) -> Account:
        account = await stage.adapter.link(step.progress, code, redirect=redirect)
        assert isinstance(account, Account), "the code with which the browser came back is the last answer"
        stage.keeps_secrets(account)
        if can(stage).publish:
            assert (await publish(stage, account, f"by {account.id}")).author.id == account.id
        with stage.raises(Rejected):
            await stage.adapter.link(step.progress, code, redirect=redirect)
        return account

    async def test_refresh_and_unlink(self, stage: SocialStage) -> None:
        """A refreshed account is the same one and works; unlinking is no error, also twice."""
        accounts = [await link(stage), await link(stage, "lin")]
        account = accounts[0]
        if can(stage).refresh:
            fresh = [await stage.adapter.refresh(account) for account in accounts]
            for old, new in zip(accounts, fresh, strict=True):
                assert (new.id, new.handle, new.server) == (old.id, old.handle, old.server)
                if can(stage).publish:
                    assert (await publish(stage, new, "still here")).author.id == old.id
            stage.keeps_secrets(*fresh)
            account = fresh[0]
        else:
            with stage.raises(Unsupported):
                await stage.adapter.refresh(account)
        await stage.adapter.unlink(account)
        await stage.adapter.unlink(account)


def _query(address: str) -> dict[str, str]:
    """What an address hands over, each name once."""
    pairs = parse_qsl(urlsplit(address).query)
    assert len(dict(pairs)) == len(pairs), "something is said twice"
    return dict(pairs)


class PublishingPromises(SocialContractBase):
    """`publish`, `find`, `edit`, `typed`, `delete`."""

    async def test_publish(self, stage: SocialStage) -> None:
        """A published post stands on the server under the id that came back, its text unchanged."""
        account = await link(stage)
        if not can(stage).publish:
            with stage.raises(Unsupported):
                await publish(stage, account, "no")
            assert await standing(stage, "no") == []
            return
        posts = [await publish(stage, account, text) for text in self.texts]
        assert len({post.id for post in posts}) == len(posts)
        addresses = [post.url for post in posts if post.url]
        assert len(set(addresses)) == len(addresses), "two posts share an address"
        for text, post in zip(self.texts, posts, strict=True):
            there = await on_server(stage, post.id)
            assert there is not None, "the id that publish gave is not on the server"
            assert (there.text, post.text) == (text, text)
            assert there.author.id == post.author.id == account.id
            assert there.audience is post.audience is Audience.PUBLIC
            assert (post.warning, post.reply_to, post.edited_at, post.boost) == (None, None, None, None)
            assert post.created_at.utcoffset() == timedelta(0)
            assert abs(post.created_at - stage.context.clock.now()) < timedelta(hours=1)
        stage.keeps_secrets(*posts)

    async def test_longest_post(self, stage: SocialStage) -> None:
        """The limits are true: the longest text is taken whole; a longer one is refused or whole, not cut."""
        needs(can(stage).publish, "publish")
        account = await link(stage)
        limits = await stage.adapter.describe(account)
        for text in (fill(limits), fill_wide(limits)):
            assert (await publish(stage, account, text)).text == text
            assert len(await standing(stage, text)) == 1
        text = fill(limits, 1)
        before = len(await stage.remote.posts())
        try:
            assert (await publish(stage, account, text)).text == text
        except Rejected as error:
            stage.reads(error.key, error.arguments)
            assert len(await stage.remote.posts()) == before

    async def test_audiences(self, stage: SocialStage) -> None:
        """Each declared audience is carried exactly; what is not declared is never published at all."""
        needs(can(stage).publish, "publish")
        account, other = await link(stage), await link(stage, "lin")
        for audience in Audience:
            text = f"{audience}, {other.handle}"
            if audience in can(stage).audiences:
                post = await publish(stage, account, text, audience=audience)
                there = await on_server(stage, post.id)
                assert there is not None
                assert there.audience is post.audience is audience
            else:
                with stage.raises(AdapterError):
                    await publish(stage, account, text, audience=audience)
                assert await standing(stage, text) == []

    async def test_warning_and_language(self, stage: SocialStage) -> None:
        """Content warning and language are carried exactly where they are declared."""
        needs(can(stage).warnings or can(stage).languages, "warnings or languages")
        account = await link(stage)
        warning = "the end: 结局 <b>" if can(stage).warnings else None
        language = "zh" if can(stage).languages else None
        post = await publish(stage, account, "剧透", warning=warning, language=language)
        there = await on_server(stage, post.id)
        assert there is not None
        assert (there.warning, there.language) == (post.warning, post.language) == (warning, language)

    async def test_emphasis(self, stage: SocialStage) -> None:
        """Emphasis stands where the draft has it, and goes with the words that an edit replaces."""
        needs(can(stage).publish and can(stage).markup, "markup")
        account = await link(stage)
        text, spans = emphasised(can(stage).markup)
        post = await publish(stage, account, text, spans=spans)
        there = await on_server(stage, post.id)
        assert there is not None
        assert (there.text, set(there.spans), set(post.spans)) == (text, set(spans), set(spans))
        if can(stage).edit:
            for draft in (Draft(f"{text}!", spans=spans), Draft(text)):
                edited = await stage.adapter.edit(account, post.id, draft)
                assert (edited.text, set(edited.spans)) == (draft.text, set(draft.spans))

    async def test_reply(self, stage: SocialStage) -> None:
        """A reply stands under its parent; a reply to a post that is gone is an error, not a new post."""
        needs(can(stage).publish and can(stage).replies, "replies")
        account = await link(stage)
        parent = await stage.remote.add(None, "a question", account=account)
        await stage.remote.add(None, "another", account=account)
        post = await publish(stage, account, "an answer", reply_to=parent)
        there = await on_server(stage, post.id)
        assert there is not None
        assert there.reply_to == post.reply_to == parent
        await stage.remote.delete(parent)
        with stage.raises(TargetGone, Rejected):
            await publish(stage, account, "too late", reply_to=parent)
        assert await standing(stage, "too late") == []

    async def test_same_key_once(self, stage: SocialStage) -> None:
        """With `repeat`, the same key again publishes nothing and gives the same post; another key does."""
        needs(can(stage).publish, "publish")
        needs(can(stage).on_unconfirmed is OnUnconfirmed.REPEAT, "repeat")
        account, other, draft = await link(stage), await link(stage, "lin"), Draft("once")
        first = await stage.adapter.publish(account, draft, key="key-1")
        await stage.adapter.publish(account, Draft("between"), key="key-0")
        again = await stage.adapter.publish(account, draft, key="key-1")
        assert (again.id, again.text) == (first.id, "once")
        assert len(await standing(stage, "once")) == 1
        assert (await stage.adapter.publish(account, draft, key="key-2")).id != first.id
        assert (await stage.adapter.publish(other, draft, key="key-1")).author.id == other.id
        assert len(await standing(stage, "once")) == 3

    async def test_find(self, stage: SocialStage) -> None:
        """`find` gives the account's own post that came from a draft, and None for any other draft."""
        account, draft = await link(stage), Draft("where am I?")
        since = stage.context.clock.now()
        if not can(stage).find:
            assert can(stage).on_unconfirmed is not OnUnconfirmed.LOOK, "look needs find"
            with stage.raises(Unsupported):
                await stage.adapter.find(account, "key-1", draft, since=since)
            return
        assert await stage.adapter.find(account, "key-1", draft, since=since) is None
        post = await stage.adapter.publish(account, draft, key="key-1")
        await stage.adapter.publish(account, Draft("something else"), key="key-2")
        found = await stage.adapter.find(account, "key-1", draft, since=since)
        assert found is not None
        assert (found.id, found.text, found.author.id) == (post.id, draft.text, account.id)
        assert await stage.adapter.find(account, "key-3", Draft("where are you?"), since=since) is None
        assert await stage.adapter.find(await link(stage, "lin"), "key-1", draft, since=since) is None

    async def test_edit(self, stage: SocialStage) -> None:
        """An edit replaces text and warning under the same id; other people's posts stay as they are."""
        account = await link(stage)
        if not can(stage).edit:
            strange = await stage.remote.add(None, "mine", account=account)
            with stage.raises(Unsupported):
                await stage.adapter.edit(account, strange, Draft("no"))
            return
        warning = "careful" if can(stage).warnings else None
        post = await publish(stage, account, "helo")
        for draft in (Draft("hello", warning=warning), Draft("hello: 你好")):
            edited = await stage.adapter.edit(account, post.id, draft)
            there = await on_server(stage, post.id)
            assert there is not None
            assert (edited.id, edited.text, edited.warning) == (post.id, draft.text, draft.warning)
            assert (there.text, there.warning) == (draft.text, draft.warning)
        strange = await stage.remote.add(None, "mine", account=account)
        with stage.raises(Rejected, TargetGone):
            await stage.adapter.edit(account, strange, Draft("yours"))
        assert len(await standing(stage, "mine")) == 1

    async def test_typed(self, stage: SocialStage) -> None:
        """What was typed comes back as it was, also after an edit; of what is gone nothing does."""
        account = await link(stage)
        if not can(stage).typed:
            strange = await stage.remote.add(None, "mine", account=account)
            with stage.raises(Unsupported):
                await stage.adapter.typed(account, strange)
            return
        for text in self.texts:
            post = await publish(stage, account, text)
            assert await stage.adapter.typed(account, post.id) == text
        if can(stage).edit:
            await stage.adapter.edit(account, post.id, Draft("anders"))
            assert await stage.adapter.typed(account, post.id) == "anders"
        if can(stage).delete:
            await stage.adapter.delete(account, post.id)
            with stage.raises(TargetGone):
                await stage.adapter.typed(account, post.id)

    async def test_delete(self, stage: SocialStage) -> None:
        """A deleted post is gone, twice is no error; other people's posts cannot be deleted."""
        account = await link(stage)
        strange = await stage.remote.add(None, "mine", account=account)
        if not can(stage).delete:
            with stage.raises(Unsupported):
                await stage.adapter.delete(account, strange)
            assert await on_server(stage, strange) is not None
            return
        post, kept = await publish(stage, account, "wrong"), await publish(stage, account, "right")
        await stage.adapter.delete(account, post.id)
        assert await on_server(stage, post.id) is None
        await stage.adapter.delete(account, post.id)
        assert await on_server(stage, kept.id) is not None
        with stage.raises(Rejected, TargetGone):
            await stage.adapter.delete(account, strange)
        assert await on_server(stage, strange) is not None

    async def test_secrets_are_never_shown(self, stage: SocialStage) -> None:
        """No secret is in a repr, an error or a log line."""
        account = await link(stage)
        wrong = replace(account, credentials="")
        assert repr(wrong) == repr(account), "credentials are in the repr of an account"
        stage.keeps_secrets(account, stage.adapter, stage.adapter.config)
        assert stage.context.name in repr(stage.adapter)


class SocialAdapterContract(
    LinkingPromises,
    PublishingPromises,
    FilePromises,
    PollPromises,
    QuotePromises,
    PeoplePromises,
    ReadingPromises,
    PublicPromises,
    FailurePromises,
):
    """Subclass it in a test file, say `module`, write `remote` (and `config`): every promise is tested."""
