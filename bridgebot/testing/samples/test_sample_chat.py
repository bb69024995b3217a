"""SampleChat keeps the contract."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Any, ClassVar

from bridgebot.testing.chat import ChatAdapterContract
from bridgebot.testing.samples import sample_chat
from bridgebot.testing.samples.sample_chat_server import Server, serve


class TestSampleChat(ChatAdapterContract):
    module: ClassVar[ModuleType] = sample_chat

    def remote(self) -> AbstractAsyncContextManager[Server]:
        return serve()

    def config(self, remote: Any) -> Mapping[str, Any]:
        return {"url": remote.url, "token": remote.secrets[0]}
