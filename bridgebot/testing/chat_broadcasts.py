"""What a channel posts: by nobody, and whose words it forwards."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from bridgebot.model import Origin
from bridgebot.testing.chat_base import ChatContractBase, ChatStage
from bridgebot.testing.contract import needs
from bridgebot.testing.inbox import running


@runtime_checkable
class Airs(Protocol):
    """A remote whose network has channels; the bot administers one."""

    async def air(self, text: str, *, forwarded: Origin | None = None) -> None:
        """Something is posted in the channel: its own, or what was said first by somebody of whom the network
        tells the name alone, or what stands `elsewhere`.
        """

    @property
    def elsewhere(self) -> Origin:
        """Another channel, which anybody may read, and something in it."""


class BroadcastPromises(ChatContractBase):
    """Of networks that have channels."""

    async def test_a_broadcast_speaks_for_itself(self, stage: ChatStage) -> None:
        """What is posted in a channel is of no person, and says whose words it is where it is forwarded."""
        remote = stage.remote
        needs(isinstance(remote, Airs), "channels")
        assert isinstance(remote, Airs)
        async with running(stage) as inbox:
            await remote.air("its own")
            own = await inbox.hears("its own")
            await remote.air("of a person", forwarded=Origin("Lin Wu"))
            persons = await inbox.hears("of a person")
            await remote.air("of a channel", forwarded=remote.elsewhere)
            others = await inbox.hears("of a channel")
        assert own.chat.broadcast
        assert own.chat.id == own.sender.id
        assert own.sender.weak
        assert [one.origin for one in (own, persons, others)] == [None, Origin("Lin Wu"), remote.elsewhere]
