"""People between a chat network and Bluesky: how they link, post, and what they look at."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from tests.journeys.people import CODE, Receipt, Talker
from tests.servers.bluesky_person import Someone as Elsewhere

POSTED = rf"^#{CODE} public.* ✓ Bluesky (https://bsky\.app/profile/\S+)"
PUT = r"com\.atproto\.repo\.putRecord$"
Meet = Callable[[str, str], Awaitable[tuple[Talker, Elsewhere]]]


def app_password() -> str:
    """As the network makes them."""
    letters = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz234567") for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


async def linked(talker: Talker, there: Elsewhere) -> str:
    """Link, as one does; the id of the message that held the password."""
    await talker.asks(f"/link bluesky {there.handle}", rf"app password for {there.handle}")
    message = talker.says(there.password)
    await talker.hears(rf"^{there.handle} on Bluesky is yours here")
    await talker.asks("/settings plain post", r"/settings plain ask")
    return message


async def receipt(talker: Talker, text: str, wanted: str = POSTED, command: str = "/post ") -> Receipt:
    """Post, and wait until the receipt says what was wanted."""
    message = talker.says(command + text)
    return Receipt(message, await talker.hears(wanted, lambda heard: heard.reply_to == message))


async def posts(talker: Talker, text: str) -> str:
    """Post, and give the address on the receipt."""
    return (await receipt(talker, text)).url


def texts(there: Elsewhere) -> list[str]:
    return [one.text for one in there.posts()]
