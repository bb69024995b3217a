"""Changing one's mind, and what the network refuses: buttons and words, on XMPP and on Telegram."""

from __future__ import annotations

import pytest

from tests.journeys.people import CODE, within
from tests.servers.mastodon_faults import Fault

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLISHING = {"method": "POST", "path": r"/api/v1/statuses$"}


async def test_what_was_refused_is_tried_again_there_and_nowhere_else(ada, chat):
    ada.server.fail(Fault.INVALID, times=1, **PUBLISHING)
    text = "once 一次 👋"
    refused = rf"^#({CODE}) public .*✗ Mastodon"
    post = await ada.posts(text, wanted=refused)
    code = post.heard.found[0].lstrip("#")
    if chat == "xmpp":  # no buttons: the words stand there
        assert f"retry: /retry {code}" in post.heard.text
    ada.talker.chooses(post.heard, "Retry", f"/retry {code}")
    await ada.talker.hears(rf"^{code} is tried again; its receipt tells how it goes\.$")
    await ada.both_have(text)
    await ada.talker.stands(lambda shown: any(_both(line, code) for line in shown.values()))


async def test_what_was_taken_back_is_done_again_and_its_history_told(ada):
    post = await ada.posts("tomorow 明天")
    ada.talker.corrects(post.message, "/post tomorrow 明天")
    await ada.both_have("tomorrow 明天")
    first = ada.statuses()[0].id
    await ada.talker.asks(f"/undo {post.code}", rf"^{post.code} is being taken back")
    await ada.both_have()
    await ada.talker.asks(f"/redo {post.code}", rf"^{post.code} is posted again")
    await ada.both_have("tomorrow 明天")
    assert ada.statuses()[0].id != first
    told = await ada.talker.asks(f"/history {post.code}", rf"^History of {post.code}:")
    for part in (
        "│ tomorow 明天",
        "│ tomorrow 明天",
        "Mastodon: edited",
        "Plaza: taken back",
        "Mastodon: posted",
    ):
        assert part in told.text


def _both(line: str, code: str) -> bool:
    return line.startswith(f"#{code} ") and "✓ Mastodon" in line and "✓ Plaza" in line


async def test_what_was_written_with_another_app_is_changed_and_deleted_from_the_chat(ada):
    before = ada.polls()
    await ada.talker.asks("/sync mastodon to plaza", r"What you post on mastodon goes to plaza too")
    await within(lambda: ada.polls() > before, lambda: "the first read, which brings no history")
    post = ada.there.post("a wlak in the wood 森林 *")
    shown = await ada.talker.hears(rf"^↔ #{CODE} from Mastodon: a wlak in the wood 森林 \* ✓ Plaza")
    code = shown.found[0]
    await ada.both_have(post.text)
    words = await ada.talker.asks(f"/edit {code}", rf"^(/edit {code} a wlak in the wood 森林 \*)$")
    await ada.talker.asks(words.found[0].replace("wlak", "walk"), rf"^✓ {code} is changed on Mastodon\.$")
    await ada.both_have("a walk in the wood 森林 *")
    assert ada.server.asked.count(("PUT", f"/api/v1/statuses/{post.id}")) == 1
    await ada.talker.asks(f"/del {code}", rf"^✓ {code} is deleted on Mastodon\.$")
    await ada.both_have()
