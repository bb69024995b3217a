"""Two people of one bot: one follows the other, they answer each other, and words are changed and taken back."""

from __future__ import annotations

from tests.journeys.people import CODE, Heard, Receipt, Someone


async def follows(reader: Someone, writer: Someone) -> None:
    await reader.asks(f"/follow @{writer.name}", rf"✓ you follow @{writer.name} on Plaza")


async def arrives(reader: Someone, writer: Someone, text: str) -> Heard:
    """A post of the writer as it stands in the reader's chat; the short id is what was found."""
    return await reader.hears(rf"^@{writer.name} on Plaza \[{CODE}\].*: {text}$")


async def answered(reader: Someone, heard: Heard, text: str) -> Receipt:
    """Answer natively; the receipt of a reply names no address, the bot tells it on demand."""
    message = reader.answers(heard, text)
    receipt = await reader.hears(
        rf"^#{CODE} ✓ replied to @\w+ on Plaza$", lambda one: one.reply_to == message
    )
    where = await reader.asks(f"/url {receipt.found[0]}", r"^(http\S+)$")
    return Receipt(
        message,
        Heard(
            receipt.id,
            receipt.text,
            receipt.reply_to,
            None,
            None,
            (receipt.found[0], where.found[0]),
        ),
    )


async def test_a_native_reply_becomes_a_reply_and_comes_back(ada, lin, pages):
    await follows(lin, ada)
    first = await ada.posts("what shall we cook tonight?")
    item = await arrives(lin, ada, r"what shall we cook tonight\?")
    reply = await answered(lin, item, "noodles, of course")
    page = await pages.text(first.url)
    assert "noodles, of course" in page
    assert await pages.feed(first.url.partition("/@")[0], lin.name) == [f"@{ada.name} noodles, of course"] or (
        "&gt; " not in page
    )
    mention = await arrives(ada, lin, rf"(@{ada.name} )?noodles, of course")
    assert mention.reply_to in (first.message, first.heard.id)
    back = await answered(ada, mention, "with peanuts")
    await arrives(lin, ada, rf"(@{lin.name} )?with peanuts")
    assert "with peanuts" in await pages.text(reply.url)
    assert back.url != reply.url
    assert ada.unheard() == lin.unheard() == []


async def test_a_correction_edits_and_a_retraction_deletes_everywhere(ada, lin, pages):
    await follows(lin, ada)
    post = await ada.posts("the bridge is clsoed")
    item = await arrives(lin, ada, "the bridge is clsoed")
    ada.corrects(post.message, "/post the bridge is closed")
    shown = await lin.stands(lambda chat: "the bridge is closed" in chat.get(item.id, ""))
    assert "clsoed" not in str(shown)
    page = await pages.text(post.url)
    assert "the bridge is closed" in page
    assert "clsoed" not in page
    ada.retracts(post.message)
    await lin.stands(lambda chat: item.id not in chat)
    assert await pages.status(post.url) == 404
    await ada.stands(lambda chat: "taken back" in chat.get(post.heard.id, ""))
