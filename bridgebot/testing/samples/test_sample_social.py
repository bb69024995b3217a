"""SampleSocial keeps the contract."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Any, ClassVar

from bridgebot.testing.samples import sample_social
from bridgebot.testing.samples.sample_social_server import Server, serve
from bridgebot.testing.social import SocialAdapterContract


class TestSampleSocial(SocialAdapterContract):
    module: ClassVar[ModuleType] = sample_social
    edits_elsewhere: ClassVar[bool] = False  # what people can do on the network; say True once they can edit

    def remote(self) -> AbstractAsyncContextManager[Server]:
        return serve()

    def config(self, remote: Any) -> Mapping[str, Any]:
        return {"url": remote.url}
