"""The social contract: what a call says when the network fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import (
    AdapterError,
    AuthExpired,
    Rejected,
    TargetGone,
    Temporary,
    Unconfirmed,
    Unsupported,
)
from bridgebot.model import Account, Draft, Timeline, TimelineKind
from bridgebot.testing.contract import needs
from bridgebot.testing.social_base import (
    FOLLOWED,
    RETRY_AFTER,
    SocialContractBase,
    SocialFailure,
    SocialStage,
    can,
    link,
    reader,
    standing,
)

# For what must not happen twice: an answer that never came is not "nothing happened".
WRITING: dict[SocialFailure, tuple[type[AdapterError], ...]] = {
    SocialFailure.RATE: (Temporary,),
    SocialFailure.REJECTED: (Rejected,),
    SocialFailure.REFUSED: (Temporary,),
    SocialFailure.CUT: (Unconfirmed,),
    SocialFailure.LOST: (Unconfirmed,),
    SocialFailure.BROKEN: (Unconfirmed,),
    SocialFailure.NONSENSE: (Unconfirmed,),
    SocialFailure.AUTH: (AuthExpired,),  # last: it may not heal
}
# For reads and what may be repeated, both mean: again.
READING = {
    failure: (Temporary, Unconfirmed) if kinds == (Unconfirmed,) else kinds
    for failure, kinds in WRITING.items()
}
READING[SocialFailure.REJECTED] = (Rejected, TargetGone)


async def fails(
    stage: SocialStage,
    failure: SocialFailure,
    kinds: tuple[type[AdapterError], ...],
    call: Callable[[], Awaitable[object]],
) -> None:
    """A call while the server fails like this: one of these errors, and then all is well again."""
    await stage.remote.fail(failure)
    with stage.raises(*kinds) as errors:
        await call()
    if failure is SocialFailure.RATE:
        stage.slows(errors[0], RETRY_AFTER)
    await stage.remote.heal()


class FailurePromises(SocialContractBase):
    """The error says what to do next, and no call is tried twice by the adapter."""

    async def test_publish_tells_what_went_wrong(self, stage: SocialStage) -> None:
        """Refused is known as refused, unanswered as unconfirmed, and nothing is tried twice."""
        needs(can(stage).publish and stage.remote.failures, "failures")
        account = await link(stage)
        for failure, kinds in WRITING.items():
            if failure in stage.remote.failures:
                text = f"into {failure}"
                await fails(
                    stage,
                    failure,
                    kinds,
                    lambda text=text: stage.adapter.publish(account, Draft(text), key=text),  # type: ignore[misc]
                )
                assert len(await standing(stage, text)) == (failure is SocialFailure.CUT)
        stage.keeps_secrets(account)

    async def test_reading_tells_what_went_wrong(self, stage: SocialStage) -> None:
        """A failed read says the same, and reading on from the same cursor loses nothing."""
        needs(can(stage).timelines.intersection(FOLLOWED) and stage.remote.failures, "failures")
        account = await link(stage)
        as_whom = reader(stage, account)
        kind = next(kind for kind in FOLLOWED if kind in can(stage).timelines)
        timeline = await stage.remote.timeline(kind, account)
        cursor = (await stage.adapter.fetch(timeline, as_whom, None)).cursor
        post = await stage.remote.add(timeline, "later", account=account)
        for failure, kinds in READING.items():
            if failure in stage.remote.failures:
                await fails(stage, failure, kinds, lambda: stage.adapter.fetch(timeline, as_whom, cursor))
                if failure is not SocialFailure.AUTH:
                    page = await stage.adapter.fetch(timeline, as_whom, cursor)
                    assert [seen.id for seen in page.posts] == [post]
        stage.keeps_secrets()

    async def test_checking(self, stage: SocialStage) -> None:
        """A check passes while the server answers, changes nothing there, and else says what went wrong."""
        account = await link(stage)
        if not can(stage).check:
            with stage.raises(Unsupported):
                await stage.adapter.check(account)
            needs(False, "check")
        before = await stage.remote.posts()
        await stage.adapter.check(account)
        for failure, kinds in READING.items():
            if failure in stage.remote.failures:
                await fails(stage, failure, kinds, lambda: stage.adapter.check(account))
        assert await stage.remote.posts() == before
        stage.keeps_secrets(account)

    async def test_marks_tell_what_went_wrong(self, stage: SocialStage) -> None:
        """A failed favourite, boost or deletion says what to do next."""
        needs(stage.remote.failures, "failures")
        account = await link(stage)
        for call in await self._calls(stage, account):
            for failure, kinds in READING.items():
                if failure in stage.remote.failures - {SocialFailure.AUTH}:
                    await fails(stage, failure, kinds, call)

    async def test_refused_credentials(self, stage: SocialStage) -> None:
        """Credentials that are refused are `AuthExpired` in every call."""
        needs(SocialFailure.AUTH in stage.remote.failures, "credentials that can be refused")
        account = await link(stage)
        calls = await self._calls(stage, account)
        if can(stage).publish:
            calls.append(lambda: stage.adapter.publish(account, Draft("no"), key="no"))
        if TimelineKind.OWN in can(stage).timelines:
            own = Timeline(TimelineKind.OWN, account.server)
            calls.append(lambda: stage.adapter.fetch(own, account, None))
        if can(stage).refresh:  # the last: where the network would take it, the old ones may be gone by it
            calls.append(lambda: stage.adapter.refresh(account))
        for call in calls:
            await stage.remote.fail(SocialFailure.AUTH)
            with stage.raises(AuthExpired):
                await call()
        assert await standing(stage, "no") == []
        stage.keeps_secrets(account)

    async def test_linking_tells_what_went_wrong(self, stage: SocialStage) -> None:
        """The last step of linking proves the credentials: while the server is away it cannot be taken."""
        needs(not can(stage).accountless, "accounts")
        away = {SocialFailure.REFUSED, SocialFailure.BROKEN} & stage.remote.failures
        needs(away, "failures")
        for failure in sorted(away):
            step = await stage.adapter.link(None, None)
            while not isinstance(step, Account):
                last, answer = step, await stage.remote.answer(step)
                step = await stage.adapter.link(last.progress, answer)
            await stage.remote.fail(failure)
            with stage.raises(Temporary, Unconfirmed):
                await stage.adapter.link(last.progress, answer)
            await stage.remote.heal()

    async def test_unconfirmed_is_settled(self, stage: SocialStage) -> None:
        """After an unanswered publish the declared way settles it: one post, or surely none."""
        known = {SocialFailure.CUT, SocialFailure.LOST} & stage.remote.failures
        needs(can(stage).publish and known, "answers that can get lost")
        account, since = await link(stage), stage.context.clock.now()
        for failure in sorted(known):
            draft = Draft(f"settle {failure}")
            await stage.remote.fail(failure)
            with stage.raises(Unconfirmed):
                await stage.adapter.publish(account, draft, key=failure)
            await stage.remote.heal()
            happened = len(await standing(stage, draft.text))
            if can(stage).on_unconfirmed is OnUnconfirmed.REPEAT:
                post = await stage.adapter.publish(account, draft, key=failure)
                assert [there.id for there in await standing(stage, draft.text)] == [post.id]
            elif can(stage).on_unconfirmed is OnUnconfirmed.LOOK:
                found = await stage.adapter.find(account, failure, draft, since=since)
                assert [there.id for there in await standing(stage, draft.text)] == (
                    [found.id] if found else []
                )
                assert (found is not None) == bool(happened)

    async def _calls(self, stage: SocialStage, account: Account) -> list[Callable[[], Awaitable[object]]]:
        """The calls on one post that are declared and may be repeated."""
        post = await stage.remote.add(None, "look", account=account)
        calls: list[Callable[[], Awaitable[object]]] = []
        if can(stage).favourite:
            calls.append(lambda: stage.adapter.favourite(account, post, True))
        if can(stage).boost:
            calls.append(lambda: stage.adapter.boost(account, post, True))
        if can(stage).get:
            calls.append(lambda: stage.adapter.get(reader(stage, account), post))
        return calls
