"""A room is an end of rules like any other place: what comes into it, and what is published there goes on."""

from __future__ import annotations

from tests.journeys.people import RECEIPT
from tests.journeys.test_lending import lends, room  # noqa: F401 - a fixture


async def test_a_room_takes_posts_and_gives_what_is_published_there(ada, lin, room, pages, bot):  # noqa: F811
    await lends(ada, lin, room)
    here = lin.in_room(room)
    await here.asks("/sync plaza to here", r"^What you post on plaza goes to this chat too")
    lin.says("/post from my own chat 自己的")
    await lin.hears(RECEIPT)
    await here.hears(r"@\u2060?\S+ on Plaza \[\w+\]: from my own chat 自己的$")
    # Named by its address in a direct chat: its administrator is in it.
    await lin.asks(f'/sync "{room}" to plaza without #ads', r"^What is published here with /post")
    here.says("just talk")
    here.says("/post +brand from the room 房间")
    await here.hears(RECEIPT)
    await lin.hears(r"^↔ #\w+ from group “.*”: from the room 房间 ✓ Plaza")
    assert await pages.feed(bot.base, lin.name) == ["from my own chat 自己的", "from the room 房间"]
    assert await pages.feed(bot.base, ada.name) == ["from the room 房间"]
    assert bot.troubles() == []
