"""From the first word to a post that anybody can read, changed and taken back."""

from __future__ import annotations

from tests.journeys.people import RECEIPT, Receipt


async def test_the_first_minute(meet, pages):
    ada = await meet("ada")
    await ada.asks("/start", r"/join NAME makes one \(Plaza, Pebble\)")
    await ada.asks("/join ada" + ada.name[3:], rf"@{ada.name} on Plaza is yours here")
    message = ada.says("my very first post")
    await ada.hears(r"What should plain text be\?[^$]*Nothing was posted yet\.\n\(answer: Post · Ask each time")
    ada.says("post")
    await ada.hears(r"Plain text is posted")
    question = await ada.hears(r"Shall I post this\?")
    assert "To Plaza (public):\nmy very first post" in question.text
    ada.says("yes")
    receipt = Receipt(message, await ada.hears(RECEIPT))
    assert receipt.heard.reply_to == message
    assert "my very first post" in await pages.text(receipt.url)
    assert ada.unheard() == []
