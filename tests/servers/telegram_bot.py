"""The adapter and the pretend Telegram on one stage, for tests of the adapter."""

import contextlib

from adapters import telegram
from bridgebot.testing.chat import ChatAdapterContract
from tests.servers.telegram_stage import serve


class TelegramContract(ChatAdapterContract):
    """The contract kit for Telegram. `stage.remote` is a `TelegramRemote`: `server`, `people`, `group`."""

    module = telegram
    edges = False

    def remote(self):
        return serve()

    def config(self, remote):
        return {"token": remote.token, "api": remote.url, "album_wait": 0.05}


@contextlib.asynccontextmanager
async def staged(module=telegram):
    """One stage: `adapter`, `remote`, `context`, `make`, `log`."""
    contract = type("Staged", (TelegramContract,), {"module": module})
    async with contract().on_stage() as stage:
        yield stage


def calls(stage, method):
    """The parameters of every call of this method that came, whatever became of it."""
    return [call.parameters for call in stage.remote.server.calls if call.method == method]
