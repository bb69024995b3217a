"""The chat contract's third part: proving that the connection works."""

from __future__ import annotations

import asyncio

from bridgebot.errors import AuthExpired, Temporary, Unsupported
from bridgebot.testing.chat_base import ChatContractBase, ChatFailure, ChatStage, can, meet
from bridgebot.testing.contract import needs
from bridgebot.testing.inbox import running


class CheckingPromises(ChatContractBase):
    """`check`."""

    async def test_checking(self, stage: ChatStage) -> None:
        """A check passes while the connection works, no person sees it, and it is not handed in."""
        async with running(stage) as inbox:
            chat = (await meet(stage, inbox)).chat
            if not can(stage).check:
                with stage.raises(Unsupported):
                    await stage.adapter.check()
                needs(False, "check")
            await asyncio.gather(stage.adapter.check(), stage.adapter.check())
            await meet(stage, inbox, "afterwards")
            assert not await stage.remote.heard(chat)
            assert inbox.texts() == ["hello", "afterwards"]

    async def test_checking_what_does_not_work(self, stage: ChatStage) -> None:
        """Without a connection, and when the bot is refused, a check fails."""
        needs(can(stage).check, "check")
        with stage.raises(Temporary):
            await stage.adapter.check()
        failures = {ChatFailure.DROP: (Temporary,), ChatFailure.LOCKED_OUT: (Temporary, AuthExpired)}
        for failure, kinds in failures.items():
            if failure not in stage.remote.failures:
                continue
            async with running(stage) as inbox:
                await meet(stage, inbox, f"before {failure}")
                await stage.remote.fail(failure)
                await inbox.ended()
                with stage.raises(*kinds):
                    await stage.adapter.check()
        stage.keeps_secrets()
