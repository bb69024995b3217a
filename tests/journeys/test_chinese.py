"""Whose client says that she writes Chinese is answered in Chinese, and every sign arrives as typed."""

from __future__ import annotations

import pytest

from tests.journeys.people import CODE, Someone

RECEIPT = rf"^{CODE} 公开 ✓ Plaza (http\S+)"
SIGNS = {
    "family": "一家人 👨‍👩‍👧‍👦 出门了",
    "skin and flags": "👍🏽 🏳️‍🌈 🇨🇳",
    "joined and plain": "e\u0301 é ﬁ ①",
    "rare characters": "𠮷野家 𝒳 ☃\ufe0e",
    "full width": "ＡＢＣ，１２３！　全角空格",
    "lines": "第一行\n\n第三行",
}


@pytest.fixture
async def mei(meet) -> Someone:
    mei = await meet("mei", language="zh-Hans-CN")
    await mei.asks("/start", r"^你好！我把你的微博客带进这个聊天")
    await mei.asks(f"/加入 {mei.name}", rf"Plaza 上的 @{mei.name} 在这里归你了")
    return mei


@pytest.mark.parametrize("typed", ["/发你好", "／发 你好", "！发布 你好", "/发帖　你好", "/fa 你好"])
async def test_commands_as_chinese_people_type_them(mei, pages, bot, typed):
    mei.says(typed)
    receipt = await mei.hears(RECEIPT)
    assert "你好" in await pages.text(receipt.found[1])
    assert await pages.feed(bot.base, mei.name) == ["你好"]
    await mei.asks(f"／赞 {receipt.found[0]}", rf"^★ {receipt.found[0]}$")
    await mei.asks("/撤销", rf"^✓ 已?(收回|撤销|撤回).*★ {receipt.found[0]}$")


async def test_plain_text_from_the_first_question_on(mei, pages, bot):
    mei.says("今天天气不错")
    question = await mei.hears(r"没有发布|还没有发布")
    assert not any("a" <= sign <= "z" for sign in question.text.replace("/post", ""))
    mei.says("1")
    await mei.hears(r"今天天气不错")
    mei.says("发布")
    await mei.hears(RECEIPT)
    mei.says("在吗")
    await mei.hears(r"在吗")
    mei.says("不")
    await mei.hears(r"没有发布")
    await mei.asks("/发现 一个问题", r"/post")
    assert await pages.feed(bot.base, mei.name) == ["今天天气不错"]


@pytest.mark.parametrize("signs", SIGNS.values(), ids=SIGNS)
async def test_signs_arrive_unchanged(mei, meet, pages, bot, signs):
    mei.says(f"/发 {signs}")
    await mei.hears(RECEIPT)
    assert await pages.feed(bot.base, mei.name) == [signs]


async def test_each_reads_in_their_own_language(mei, lin):
    await lin.follows(mei)
    await mei.asks(f"/关注 @{lin.name}", rf"@{lin.name}")
    await mei.asks("/发 大家好", RECEIPT)
    await lin.reads(mei, "大家好")
    await lin.posts("good morning")
    await mei.hears(rf"^@{lin.name} 在 Plaza \[{CODE}\]：good morning$")
    await mei.asks("/language en", r"^We speak English now\.$")
    await lin.posts("good night")
    await mei.reads(lin, "good night")
