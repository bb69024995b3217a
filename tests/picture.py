"""Makes docs/reading.png anew, the reading page as a phone shows it: `python -m tests.picture`."""

from __future__ import annotations

import asyncio
import base64
import io
import tempfile
from pathlib import Path

from PIL import Image

from bridgebot.model import Attachment, Audience
from bridgebot.testing.fakes import MemorySocial
from tests.record import ROOT
from tests.servers.chromium import Browser, chromium
from tests.servers.reader_pages import Reading, reading_house

FILE = ROOT / "docs" / "reading.png"
WIDTH, TOP, HEIGHT = 390, 64, 1150
_OPEN = "document.querySelector('form').requestSubmit()"


async def settled(reading: Reading, seconds: float = 1) -> None:
    await reading.house.wait(seconds)
    await reading.house.poll()


async def live(reading: Reading) -> None:
    """What there is to be read."""
    house = reading.house
    await house.user("ada", "mastodon", "bluesky")
    for name, people in (("mastodon", ("lin", "kofi")), ("bluesky", ("mei",))):
        await house.says(f"/home on {name}")
        network = house.social(name).network
        for one in people:
            network.follows.add((network.person("ada").id, network.person(one).id))
    await settled(reading)
    mastodon, bluesky = house.social("mastodon"), house.social("bluesky")
    tower = Attachment("image", "https://files.example/1.jpg", "a lighthouse at dusk, its lamp just lit")
    first = mastodon.add_post("lin", "Walked to the end of the pier today.", media=(tower,))
    await settled(reading, 240)
    mastodon.add_post("kofi", "With sea legs or without?", reply_to=first.id)
    await settled(reading, 300)
    bluesky.add_post("mei", "The whole street stopped to look at the sky tonight.")
    await settled(reading, 360)
    mastodon.add_post("lin", "It is the lamp keeper.", warning="spoiler: tonight's episode")
    await settled(reading, 120)
    mastodon.add_post("kofi", "Tea on Sunday? Bring the good biscuits.", audience=Audience.FOLLOWERS)
    await settled(reading, 60)
    await house.says("/post Back from the sea. https://photos.example/pier")
    await house.wait(3)


async def go_on(reading: Reading) -> None:
    """What comes when the reader has been there."""
    await settled(reading, 120)
    reading.house.social("mastodon").add_post("lin", "The fog has lifted: you can see the island again.")
    await settled(reading, 60)
    reading.house.social("bluesky").add_post("mei", "Who else heard the foghorn stop? So quiet now.")
    await settled(reading, 60)


async def photographed(reading: Reading, browser: Browser, address: str) -> bytes:
    """The page as it is when its reader has signed in, more has come, and something was liked."""

    async def do(act: str, *arguments):
        return await asyncio.to_thread(getattr(browser, act), *arguments)

    await do("size", WIDTH, HEIGHT)
    await do("open", address)
    await do("run", _OPEN)
    await _until(do, "article")
    await go_on(reading)
    await do("open", f"{reading.site}/read")
    await do("run", "document.querySelectorAll('article')[4].querySelector('[value=favourite]').click()")
    await _until(do, "[role=status]")
    await reading.house.settle()
    await do("open", f"{reading.site}/read")
    part = {"x": 0, "y": TOP, "width": WIDTH, "height": HEIGHT - TOP, "scale": 1}
    found = await asyncio.to_thread(lambda: browser.command("Page.captureScreenshot", clip=part))
    return small(base64.b64decode(found["data"]))


def small(picture: bytes) -> bytes:
    """The same in few colours."""
    made = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(48).save(made, "PNG", optimize=True)
    return made.getvalue()


async def _until(do, selector: str) -> None:
    async with asyncio.timeout(60):
        while not await do("run", f"return !!document.querySelector('{selector}')"):
            await asyncio.sleep(0.05)


async def make() -> bytes:
    socials = (MemorySocial(name="mastodon"), MemorySocial(name="bluesky"))
    with tempfile.TemporaryDirectory() as folder:
        async with reading_house(Path(folder), socials=socials) as reading:
            await live(reading)
            address = await reading.address()
            with chromium() as browser:
                return await photographed(reading, browser, address)


if __name__ == "__main__":
    FILE.write_bytes(asyncio.run(make()))
