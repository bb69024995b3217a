"""Telegram keeps the contract, with a strict fake of its Bot API server as the network."""

from tests.servers.telegram_bot import TelegramContract


class TestTelegram(TelegramContract):
    pass
