"""Telegram keeps the contract, with a strict fake of its Bot API server as the network.

That server keeps white space at the edges of texts, for the kit's sake; the real one takes it away.
"""

from tests.servers.telegram_bot import TelegramContract


class TestTelegram(TelegramContract):
    pass
