"""People between a chat network and Bluesky: how they link, post, and what they look at."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.journeys.people import CODE, PATIENCE, Receipt, Talker
from tests.servers.bluesky_person import Someone as Elsewhere
from tests.servers.bluesky_resident import Resident

POSTED = rf"^#{CODE} public.* ✓ Bluesky (https://bsky\.app/profile/\S+)"
PUT = r"com\.atproto\.repo\.putRecord$"
Meet = Callable[[str, str], Awaitable[tuple[Talker, Elsewhere]]]
T = TypeVar("T")


def app_password() -> str:
    """As the network makes them."""
    letters = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz234567") for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


async def linked(talker: Talker, there: Elsewhere | Resident) -> str:
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


async def becomes(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Look at the network again and again until it is like that."""
    found = await look()
    try:
        async with asyncio.timeout(PATIENCE):
            while not wanted(found):
                await asyncio.sleep(0.1)
                found = await look()
    except TimeoutError:
        raise AssertionError(f"never became what was wanted: {found}") from None
    return found


async def stand(there: Resident, *wanted: str) -> None:
    """Wait until exactly these posts stand on the network."""
    await becomes(there.texts, lambda texts: texts == list(wanted))
