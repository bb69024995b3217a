"""Films that are made to fit: by a stand-in for ffmpeg, and by ffmpeg itself where that is installed."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import struct
import subprocess
from dataclasses import astuple, replace

import pytest
from PIL import Image

from bridgebot.errors import Rejected, Temporary
from bridgebot.files import boxes, films, kinds
from bridgebot.model import FileLimits, Limits, Media
from bridgebot.testing import social_side
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.pictures import mp4
from tests.house import TestHouse

MP4 = b"\0\0\0\x14ftypisom\0\0\0\0isom" + bytes(100)
WEBM = b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm" + bytes(100)
TAKES = FileLimits(types=frozenset({"image/png", "video/mp4"}), video_bytes=1_000_000, video_seconds=60)
STAND_IN = """#!/bin/sh
echo "$@" >> {folder}/said
echo "  Duration: {duration}, start: 0.0" >&2
for last; do :; done
[ "$last" = - ] || cp {folder}/made "$last"
{more}
"""


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """Puts a stand-in into the path, which makes this of everything; what it was told, call by call."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def install(made=MP4, duration="00:00:04.00", more="exit 0"):
        (folder / "made").write_bytes(made)
        (folder / "ffmpeg").write_text(STAND_IN.format(folder=folder, duration=duration, more=more))
        (folder / "ffmpeg").chmod(0o700)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return folder / "said"

    return install


def gif(moments):
    into = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")[:moments]]
    frames[0].save(into, "GIF", save_all=True, append_images=frames[1:])
    return into.getvalue()


def film(content, type="video/webm", **more):
    kind = kinds.kind_of(type)
    return content, Media(**({"kind": kind, "ref": "", "type": type, "size": len(content)} | more))


async def posted(tmp_path, *files):
    """What stands on a network that takes only short MP4, and the receipt."""
    south = replace(social_side.EVERYTHING, limits=Limits(500, files=TAKES))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="south", capabilities=south),)) as house:
        await house.user("ada", "south")
        await house.says("a film", files=files)
        network = house.social("south").network
        return [network.contents(post) for post in network.standing], house.chat.last()


# --- what is made -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", [film(WEBM), film(MP4 + bytes(1_000_001), "video/mp4"), film(gif(2), "image/gif")]
)
async def test_a_film_that_a_network_does_not_take_is_made_to_fit(tmp_path, ffmpeg, file):
    ffmpeg()
    standing, receipt = await posted(tmp_path, file)
    assert standing == [[MP4]]
    assert "✓ South" in receipt


async def test_what_is_taken_as_it_is_is_left_alone(tmp_path, ffmpeg):
    said = ffmpeg(b"something else")
    assert (await posted(tmp_path, film(MP4, "video/mp4")))[0] == [[MP4]]
    assert not said.exists()


async def test_a_picture_of_one_moment_stays_a_picture(tmp_path, ffmpeg):
    said = ffmpeg()
    [[made]], _ = await posted(tmp_path, film(gif(1), "image/gif"))
    assert kinds.type_of(made) == "image/png"
    assert not said.exists()


async def test_without_ffmpeg_the_words_go_and_the_receipt_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(films, "there", lambda: False)
    standing, receipt = await posted(tmp_path, film(WEBM))
    assert standing == [[]]
    assert "South: does not take all of the pictures, films or sounds" in receipt


async def test_of_pictures_beside_each_other_none_becomes_a_film(tmp_path, ffmpeg):
    said = ffmpeg()
    [contents], _ = await posted(tmp_path, film(gif(2), "image/gif"), film(gif(2), "image/gif"))
    assert [kinds.type_of(made) for made in contents] == ["image/png", "image/png"]
    assert not said.exists()


@pytest.mark.parametrize("type", ["video/mp4", "video/quicktime"])
async def test_a_film_that_lasts_too_long_is_told_so(tmp_path, ffmpeg, type):
    said = ffmpeg()
    brand = b"qt  " if type == "video/quicktime" else b"isom"
    long = mp4(seconds=61).replace(b"isom", brand, 1)
    standing, receipt = await posted(tmp_path, film(long, type))
    assert standing == []
    assert "The film is too long there: at most one minute" in receipt
    assert not said.exists(), "it is known before any work is done"


HEADS = [mp4()[:at] for at in range(0, len(mp4()), 7)]  # cut off anywhere
HEADS += [mp4().replace(name, b"free") for name in (b"mvhd", b"tkhd", b"trak", b"moov")]
HEADS += [struct.pack(">I4sI4s", 16, b"moov", 8, b"mvhd")]  # a box without anything in it
HEADS += [struct.pack(">I4sI4sI4s", 24, b"moov", 16, b"trak", 8, b"tkhd"), mp4(0, 0, 0)]


@pytest.mark.parametrize("content", HEADS)
def test_of_a_film_that_is_broken_nothing_is_known_and_nothing_breaks(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    whole = boxes.Measures(6, 4, 2.0)
    told = boxes.measured(tmp_path / "x", "video/mp4")
    assert told != whole
    assert all(one in (None, known) for one, known in zip(astuple(told), astuple(whole), strict=True))


@pytest.mark.parametrize(("turned", "size"), [(False, (6, 4)), (True, (4, 6))])
def test_a_film_tells_how_it_is_seen_and_how_long_it_lasts(tmp_path, turned, size):
    (tmp_path / "x").write_bytes(mp4(turned=turned))
    assert boxes.measured(tmp_path / "x", "video/mp4") == boxes.Measures(*size, 2.0)
    assert boxes.measured(tmp_path / "x", "video/webm") == boxes.Measures()


# --- how it is called ---------------------------------------------------------------------------


async def made(tmp_path, content=WEBM, limits=TAKES, type="video/webm"):
    (tmp_path / "x").write_bytes(content)
    await films.fitted(tmp_path / "x", tmp_path / "y", type, limits)
    return (tmp_path / "y").read_bytes()


async def test_it_reads_one_file_as_what_its_content_says_and_nothing_else(tmp_path, ffmpeg):
    said = ffmpeg()
    await made(tmp_path)
    for line in said.read_text().splitlines():
        assert "-nostdin" in line
        assert f"-protocol_whitelist file -f matroska -i {tmp_path}/x" in line
    assert "-map_metadata -1" in said.read_text(), "places do not go along"


async def test_a_film_that_is_still_too_large_is_made_smaller_once_more(tmp_path, ffmpeg):
    said = ffmpeg(MP4 + bytes(2_000_000))
    with pytest.raises(Rejected) as info:
        await made(tmp_path, limits=TAKES)
    assert info.value.key == "file-too-large"
    rates = [int(line.split("-b:v ")[1].split()[0]) for line in said.read_text().splitlines()[1:]]
    assert len(rates) == 2
    assert rates[0] > rates[1]


async def test_a_film_that_lasts_too_long_for_its_room_is_not_even_begun(tmp_path, ffmpeg):
    said = ffmpeg(duration="02:00:00.00")
    with pytest.raises(Rejected):
        await made(tmp_path, limits=replace(TAKES, video_bytes=10_000_000))
    assert len(said.read_text().splitlines()) == 1, "it was only asked how long it lasts"


@pytest.mark.parametrize("more", [{"more": "exit 1"}, {"duration": "N/A"}])
async def test_what_cannot_be_read_is_broken(tmp_path, ffmpeg, more):
    ffmpeg(**more)
    with pytest.raises(Rejected) as info:
        await made(tmp_path)
    assert info.value.key == "file-broken"


async def test_what_takes_too_long_is_ended(tmp_path, ffmpeg, monkeypatch):
    monkeypatch.setattr(films, "LONGEST", 1)
    ffmpeg(more=f"echo $$ > {tmp_path}/pid; exec sleep 30")
    with pytest.raises(Temporary):
        await made(tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_whoever_waits_no_longer_ends_it(tmp_path, ffmpeg):
    ffmpeg(more=f"echo $$ > {tmp_path}/pid; exec sleep 30")
    waiting = asyncio.create_task(made(tmp_path))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


# --- by ffmpeg itself ---------------------------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.parametrize(("codec", "name"), [("libvpx", "x.webm"), ("libx264", "x.mp4"), ("gif", "x.gif")])
async def test_ffmpeg_makes_what_networks_take(tmp_path, codec, name):
    assert shutil.which("ffmpeg"), "needs the Debian package ffmpeg (sh tests/servers/install.sh nightly)"
    source = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=160x120:rate=10:duration=2",
        "-metadata",
        "location=+48-002/",
    ]
    subprocess.run(["ffmpeg", "-v", "error", *source, "-c:v", codec, str(tmp_path / name)], check=True)
    content = (tmp_path / name).read_bytes()
    found = await made(tmp_path, content, replace(TAKES, video_bytes=500_000), kinds.type_of(content[:64]))
    assert kinds.type_of(found[:64]) == "video/mp4"
    assert len(found) <= 500_000
    assert b"+48-002" not in found
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    with pytest.raises(Rejected):
        await made(tmp_path, playlist)
