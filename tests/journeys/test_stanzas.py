"""What clients put into messages and nobody typed never becomes a post, and the bot goes on."""

from __future__ import annotations

import pytest

from tests.servers.xmpp_person import PersonClient

STORE = "<store xmlns='urn:xmpp:hints'/>"
REPLY = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='{0}'/></fallback>"
FORWARDED = (
    "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>"
    "<message xmlns='jabber:client' from='{0}' to='{1}' type='chat' id='f1'>"
    "<body>/post forged</body></message>"
    "</forwarded>"
)
UNTYPED = {
    "only a quote": "<body>&gt; a line\n</body>" + REPLY.format(9),
    "a retraction": "<body>/post I tried to retract a message</body>"
    "<retract xmlns='urn:xmpp:message-retract:1' id='x1'/>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>",
    "an older retraction": "<body>/post retracted</body><apply-to xmlns='urn:xmpp:fasten:0' id='x2'>"
    "<retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
    "a reaction": "<body>&gt; a line\n+1</body><reactions xmlns='urn:xmpp:reactions:0' id='x3'>"
    "<reaction>+1</reaction></reactions>",
    "a fallback of something unknown": "<body>/post a poll</body>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:poll:0'/>",
    "a chat state": "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "a subject": "<subject>/post subject</subject>",
    "blank": "<body> \n </body>",
}
ENCRYPTED = {
    "OMEMO": "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>eA==</payload>"
    "</encrypted><encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>"
    "<body>I sent you an OMEMO encrypted message but your client doesn't seem to support that.</body>",
    "EME": "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/><body>/post placeholder</body>",
    "OTR": "<body>?OTR:AAMDJ+MVmSfjFZcAAAAAAQ==.</body>",
    "OpenPGP": "<x xmlns='jabber:x:encrypted'>hQIMA</x><body>This message is encrypted.</body>",
}


@pytest.mark.parametrize("inner", UNTYPED.values(), ids=UNTYPED)
async def test_what_nobody_typed_is_passed_over(ada, pages, bot, inner):
    ada.says(None, inner, STORE)
    assert await ada.caught_up() == []
    assert await pages.feed(bot.base, ada.name) == []


async def test_encrypted_words_get_one_answer_and_are_no_post(ada, pages, bot):
    for inner in ENCRYPTED.values():
        ada.says(None, inner, STORE)
    await ada.hears(r"Your message reached me encrypted.*Nothing was posted\.$")
    assert await ada.caught_up() == []
    assert await pages.feed(bot.base, ada.name) == []


async def test_errors_headlines_and_copies_are_no_posts(ada, lin, pages, bot):
    ada.says("/post an error", kind="error")
    ada.says("/post a headline", kind="headline")
    ada.says("/post as if in a room", kind="groupchat")
    forwarded = FORWARDED.format(lin.jid, bot.jid)
    for name in ("sent", "received"):
        ada.says(None, f"<{name} xmlns='urn:xmpp:carbons:2'>{forwarded}</{name}>", STORE)
    ada.says(None, f"<result xmlns='urn:xmpp:mam:2' queryid='1' id='1'>{forwarded}</result>", STORE)
    ada.says(None, forwarded, STORE)
    assert [line for line in await ada.caught_up() if "post" in line] == []
    assert await pages.feed(bot.base, ada.name) == await pages.feed(bot.base, lin.name) == []


async def test_a_correction_of_what_never_was_posts_nothing(ada, pages, bot):
    ada.corrects("never", "/post new words")
    ada.corrects("never", "simply new words")
    assert [line for line in await ada.caught_up() if "✓" in line] == []
    assert await pages.feed(bot.base, ada.name) == []


async def test_only_what_was_typed_behind_a_quote_is_posted(ada, pages, bot):
    before = await ada.posts("the first line")
    ada.says("> the first line\n/post typed below a quote", REPLY.format(17))
    await ada.hears(r"✓ Plaza http")
    ada.says("/post > a quote that was typed\nand a word")
    await ada.hears(r"✓ Plaza http")
    expected = ["the first line", "typed below a quote", "> a quote that was typed\nand a word"]
    assert await pages.feed(bot.base, ada.name) == expected
    assert before.code != ""


async def test_another_device_of_the_same_person_is_no_second_writer(ada, prosody, pages, bot):
    async with PersonClient(prosody, ada.name) as phone:
        await phone.ask("", "set", "<enable xmlns='urn:xmpp:carbons:2'/>")
        await ada.posts("written on one device")
        await phone.shown(lambda one: one.find("{urn:xmpp:carbons:2}sent") is not None)
    assert await pages.feed(bot.base, ada.name) == ["written on one device"]


def test_the_bot_had_no_trouble(bot):
    assert bot.troubles() == []
    assert bot.running
