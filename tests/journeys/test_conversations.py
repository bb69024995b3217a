"""Two people of one bot: one follows the other, they answer each other, words are changed and taken back."""

from __future__ import annotations

from tests.journeys.people import CODE, Heard, Receipt, Someone


async def answered(reader: Someone, heard: Heard, text: str) -> Receipt:
    """Answer natively, and say yes to the first questions; a reply's receipt names no address."""
    await reader.caught_up()  # nobody answers within the moment in which the bot notes what it sent
    message = reader.answers(heard, text)
    question = await reader.hears(r"Shall I post this\?")
    assert question.text.partition("\n(answer")[0].endswith(f":\n{text}")  # nothing of the quote
    reader.says("yes")
    receipt = await reader.hears(rf"^{CODE} ✓ replied to (@\w+) on Plaza$")
    assert receipt.reply_to == message
    url = (await reader.asks(f"/url {receipt.found[0]}", r"^(http\S+)$")).found[0]
    return Receipt(message, Heard(receipt.id, receipt.text, message, None, None, (receipt.found[0], url)))


async def test_a_native_reply_becomes_a_reply_and_comes_back(ada, lin, pages, bot):
    await lin.follows(ada)
    first = await ada.posts("what shall we cook tonight?")
    item = await lin.reads(ada, r"what shall we cook tonight\?")
    reply = await answered(lin, item, "noodles, of course")
    assert "noodles, of course" in await pages.text(first.url)
    assert await pages.feed(bot.base, lin.name) == ["noodles, of course"]
    mention = await ada.reads(lin, "noodles, of course")
    assert mention.reply_to in (first.message, first.heard.id)
    back = await answered(ada, mention, "with peanuts")
    again = await lin.reads(ada, "with peanuts")
    assert again.reply_to in (reply.message, reply.heard.id)
    assert "with peanuts" in await pages.text(reply.url)
    assert len({first.url, reply.url, back.url}) == 3
    assert set(await ada.caught_up()) <= {f"@{lin.name} follows you on Plaza."}
    assert await lin.caught_up() == []


async def test_a_correction_edits_and_a_retraction_deletes_everywhere(ada, lin, pages):
    await lin.follows(ada)
    post = await ada.posts("the bridge is clsoed")
    item = await lin.reads(ada, "the bridge is clsoed")
    ada.corrects(post.message, "/post the bridge is closed")
    await lin.stands(lambda chat: "the bridge is closed" in chat.get(item.id, ""))
    await pages.becomes(post.url, lambda status, text: "is closed" in text and "clsoed" not in text)
    ada.retracts(post.message)
    await lin.stands(lambda chat: item.id not in chat)
    await pages.becomes(post.url, lambda status, text: status == 404)
    await ada.stands(lambda chat: "taken back" in chat.get(post.heard.id, ""))
    assert not any("bridge" in line for line in lin.chat().values())


async def test_a_retraction_of_a_question_withdraws_what_it_asked_about(ada, pages, bot):
    message = ada.says("not to be said")
    await ada.hears(r"Shall I post this\?")
    ada.retracts(message)
    await ada.hears(r"^Nothing was posted\.$")
    ada.says("yes")  # a greeting at most: there is no question any more
    await ada.hears(r"Is that for me, or a post\?")
    ada.says("no")
    await ada.hears(r"^Nothing was posted\.$")
    assert await pages.feed(bot.base, ada.name) == []


async def test_others_cannot_change_what_one_wrote(ada, lin, pages):
    post = await ada.posts("mine alone")
    lin.corrects(post.message, "/post not yours")
    lin.retracts(post.message)
    await lin.caught_up()
    await ada.caught_up()
    assert "mine alone" in await pages.text(post.url)
