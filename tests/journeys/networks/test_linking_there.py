"""Linking as it goes wrong, in the words that a person reads; and a token that is revoked."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import BOTH, CONSENT, Traveller
from tests.journeys.people import CODE, within
from tests.servers.mastodon import Fault

pytestmark = pytest.mark.asyncio(loop_scope="module")

AGAIN = {"en": r"Try again, or /cancel\.$", "zh-CN": r"请再试一次，或者 /cancel。$"}
WORDS = {  # what is said of each trouble, in each language
    "nonsense": {"en": r"^That is not the name of a server\.", "zh-CN": r"^这不是服务器的名字。"},
    "number": {"en": r"only by its name, .* not by a number", "zh-CN": r"不能用数字地址"},
    "port": {"en": r"only at its usual port", "zh-CN": r"只能用默认端口"},
    "nobody": {
        "en": r"^There is no server at nobody\.example",
        "zh-CN": r"^nobody\.example 上没有服务器",
    },
    "down": {"en": r"^masto\.example is there, but", "zh-CN": r"^masto\.example 存在，但"},
    "other": {
        "en": r"^masto\.example is no server of this kind",
        "zh-CN": r"^masto\.example 不是这一类服务器",
    },
    "code": {
        "en": r"^masto\.example does not accept this code",
        "zh-CN": r"^masto\.example 不接受这个授权码",
    },
}
LINKED = {"en": r"on Mastodon is yours here", "zh-CN": r"^Mastodon 上的 @\S+ 在这里归你了"}


@pytest.fixture(
    params=[("xmpp", "zh-CN"), ("telegram", "en")], ids=["xmpp in Chinese", "telegram in English"]
)
def where(request) -> tuple[str, str]:
    return request.param


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def as_before(masto):
    yield
    await masto.heal()


async def asks(who: Traveller, text: str, trouble: str, language: str) -> None:
    """Say this, and read what is wrong, and that one may try again."""
    heard = await who.talker.asks(text, WORDS[trouble][language])
    assert re.search(AGAIN[language], heard.text), heard.text


async def test_each_trouble_on_the_way_is_said_and_the_way_goes_on(meet, where, masto):
    chat, language = where
    ada = await meet("ada", chat, language=language)
    await asks(ada, "/link mastodon 那个大象的", "nonsense", language)
    await asks(ada, "127.0.0.1", "number", language)
    await asks(ada, "masto.example:8443", "port", language)
    await asks(ada, "nobody.example", "nobody", language)
    masto.fail(Fault.BAD_GATEWAY, path="instance", times=None)
    await asks(ada, "masto.example", "down", language)
    await masto.heal()
    masto.fail(Fault.HTML, path="instance", times=None)
    await asks(ada, "@ada@masto.example", "other", language)
    await masto.heal()
    address = await ada.talker.asks("masto.example", CONSENT)
    await asks(ada, "not-a-code", "code", language)
    old = await ada.there.consents(address.found[0])
    masto.advance(11 * 60)  # a code lives for ten minutes
    await asks(ada, old, "code", language)
    await ada.talker.asks(await ada.there.consents(address.found[0]), LINKED[language])
    ada.talker.says(await ada.there.consents(address.found[0]))  # the question is over: it is a text again
    assert await ada.talker.hears(r"/settings|发布|post")
    assert ada.texts() == []


async def test_a_server_that_is_down_ends_nothing(meet, chat, masto):
    ada = await meet("ada", chat)
    await masto.refuse()
    heard = await ada.talker.asks("/link mastodon masto.example", r"masto\.example, or it cannot be reached")
    assert re.search(AGAIN["en"], heard.text)
    await masto.heal()
    address = await ada.talker.asks("masto.example", CONSENT)
    code = await ada.there.consents(address.found[0])
    masto.fail(Fault.CUT_BEFORE, path="/oauth/token", times=None)
    failed = await ada.talker.asks(code, r"^Mastodon was not linked: ")
    assert "answer" in failed.text or "reach" in failed.text
    await masto.heal()
    await ada.links()


async def test_who_says_no_or_cancels_links_nothing(meet, chat, masto):
    ada = await meet("ada", chat)
    address = await ada.talker.asks("/link mastodon masto.example", CONSENT)
    with pytest.raises(AssertionError, match="denied"):
        await ada.there.visits(address.found[0], agree=False)
    await ada.talker.asks("/cancel", r"^Linking was cancelled\.$")
    await ada.talker.asks("/accounts", r"^You have no account here yet\.")
    await ada.talker.asks("/link friendface", r"^/link and one of: .*Mastodon")


async def test_a_revoked_token_is_told_once_posts_wait_and_leave_once(ada, chat, masto):
    await ada.posts("before 之前")
    masto.expire(ada.name)
    for number in range(2):
        await ada.talker.asks(
            f"/post waits {number} 等", rf"^#{CODE} public .*✗ Mastodon: it waits: /relink mastodon"
        )
    await ada.talker.hears(r"^Mastodon no longer accepts mastodon\. .* /relink mastodon and they are sent\.$")
    assert ada.texts() == ["before 之前"]
    await ada.plaza_has("before 之前", "waits 0 等", "waits 1 等")
    await ada.links("/relink mastodon", r"works again\. What waited is sent now\.")
    await ada.both_have("before 之前", "waits 0 等", "waits 1 等")
    await within(lambda: sum(bool(re.search(BOTH, line)) for line in ada.talker.chat().values()) == 3, str)
    await ada.talker.caught_up()
    assert sum("no longer accepts" in line for line in ada.talker.chat().values()) == 1
    assert ada.texts() == ["before 之前", "waits 0 等", "waits 1 等"]
