"""What a file is, what is taken out of it, how it is made to fit, and where it lies meanwhile."""

from __future__ import annotations

import asyncio
import errno
import io
import struct

import pytest
from PIL import Image

from bridgebot.errors import Rejected, TargetGone, Temporary
from bridgebot.files import Shelf, boxes, kinds, pictures
from bridgebot.files.strip import strip
from bridgebot.model import FileLimits
from bridgebot.testing.pictures import mp4, png, reader

SECRET = b"48 deg 51' 24.12 N"
ROTATED = 6  # Exif: turned to the right, seen as high as it is wide
LIMITS = FileLimits(image_bytes=20_000)


def made(format, *, size=(40, 20), mode="RGB", exif=None, noise=False, **more):
    image = Image.effect_noise(size, 100).convert(mode) if noise else Image.new(mode, size, 200)
    into = io.BytesIO()
    image.save(into, format, **({"exif": exif} if exif else {}), **more)
    return into.getvalue()


def camera(orientation=ROTATED):
    """What a telephone writes into a picture."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A telephone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    return exif


def box(name, *content):
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, name) + body


FILM = (
    box(b"ftyp", b"isom\0\0\0\0isom")
    + box(b"moov", box(b"mvhd", bytes(20)), box(b"trak", box(b"tkhd", b"t" * 9), box(b"meta", SECRET)),
          box(b"udta", box(b"\xa9xyz", SECRET)))
    + struct.pack(">I4sQ", 1, b"mdat", 16 + 30) + b"m" * 30
    + box(b"uuid", SECRET)
)  # fmt: skip


# --- kinds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "type", "kind"),
    [
        (made("JPEG"), "image/jpeg", "image"),
        (png((1, 2, 3)), "image/png", "image"),
        (made("GIF", mode="P"), "image/gif", "image"),
        (made("WEBP"), "image/webp", "image"),
        (made("AVIF"), "image/avif", "image"),
        (FILM, "video/mp4", "video"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime", "video"),
        (b"\0\0\0\x1cftypM4A ", "audio/mp4", "audio"),
        (b"\0\0\0\x18ftypheic", "image/heic", "image"),
        (b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm", "video/webm", "video"),
        (b"OggS\0\x02", "audio/ogg", "audio"),
        (b"ID3\x04", "audio/mpeg", "audio"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav", "audio"),
        (b"fLaC", "audio/flac", "audio"),
        (b"MZ\x90", kinds.UNKNOWN, "file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", kinds.UNKNOWN, "file"),
        (b"", kinds.UNKNOWN, "file"),
    ],
)
def test_a_file_is_what_its_content_says(content, type, kind):
    assert kinds.type_of(content[: kinds.HEAD]) == type
    assert kinds.kind_of(type) == kind


# --- strip -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        made("JPEG", exif=camera(), comment=SECRET),
        made("JPEG", exif=camera(), progressive=True, noise=True) + made("JPEG", exif=camera()),
        made("PNG", exif=camera()),
        made("WEBP", exif=camera()),
    ],
    ids=["jpeg", "jpeg with another behind it", "png", "webp"],
)
def test_places_are_taken_out_and_the_picture_stays_as_it_is(tmp_path, content):
    file = tmp_path / "x"
    file.write_bytes(content)
    type = kinds.type_of(content)
    strip(file, type)
    left = file.read_bytes()
    assert SECRET in content
    assert SECRET not in left
    assert b"telephone" not in left
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(left))
    assert after.tobytes() == before.tobytes()
    if type == "image/jpeg":
        assert dict(after.getexif()) == {0x0112: ROTATED}, "it is still seen the right way round"
    strip(file, type)
    assert file.read_bytes() == left


def test_colours_stay_and_an_upright_picture_needs_no_word(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(made("JPEG", exif=camera(1), icc_profile=b"a profile of colours"))
    strip(file, "image/jpeg")
    image = Image.open(file)
    assert image.info["icc_profile"] == b"a profile of colours"
    assert not image.getexif()


def test_the_words_of_a_film_are_blank_and_its_content_stands_where_it_stood(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(FILM)
    strip(file, "video/mp4")
    left = file.read_bytes()
    assert SECRET not in left
    assert len(left) == len(FILM)
    assert left.index(b"m" * 30) == FILM.index(b"m" * 30)
    assert left.count(b"free") == 3
    assert b"t" * 9 in left


@pytest.mark.parametrize("keep", [0, 1, 3, 10, 25, 60])
@pytest.mark.parametrize("type", ["image/jpeg", "image/png", "image/webp", "video/mp4"])
def test_what_is_cut_off_is_refused_or_left_without_its_words(tmp_path, type, keep):
    whole = {
        "image/jpeg": made("JPEG", exif=camera()),
        "image/png": made("PNG", exif=camera()),
        "image/webp": made("WEBP", exif=camera()),
        "video/mp4": FILM,
    }[type]
    file = tmp_path / "x"
    file.write_bytes(whole[: len(whole) * keep // 60])
    try:
        strip(file, type)
    except ValueError:
        return
    assert SECRET not in file.read_bytes()


SHORT = mp4(8, 6, 3)
LATER = box(
    b"moov",
    box(b"mvhd", struct.pack(">IQQIQ", 1 << 24, 0, 0, 1000, 3000), bytes(80)),
    SHORT[SHORT.index(b"trak") - 4 :],
)  # the second version of that box has more room for times


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (SHORT, boxes.Measures(8, 6, 3.0)),
        (mp4(8, 6, 3, turned=True), boxes.Measures(6, 8, 3.0)),
        (LATER, boxes.Measures(8, 6, 3.0)),
        (mp4(0, 0, 3), boxes.Measures(None, None, 3.0)),
        (mp4(8, 6, 0), boxes.Measures(8, 6, None)),
        (
            SHORT.replace(struct.pack(">II", 1000, 3000), b"\0\0\3\xe8" + b"\xff" * 4),
            boxes.Measures(8, 6, None),
        ),
        (FILM, boxes.Measures()),
        (mp4()[:-1], boxes.Measures()),
        (b"", boxes.Measures()),
    ],
)
def test_a_film_is_as_large_and_long_as_it_says(tmp_path, content, wanted):
    file = tmp_path / "x"
    file.write_bytes(content)
    assert boxes.measured(file, "video/mp4") == wanted
    assert boxes.measured(file, "video/webm") == boxes.Measures()


# --- pictures ----------------------------------------------------------------------------------


def fitted(tmp_path, content, limits):
    source, into = tmp_path / "x", tmp_path / "y"
    source.write_bytes(content)
    type, width, height = pictures.fitted(source, into, limits)
    image = Image.open(into)
    assert image.size == (width, height)
    assert kinds.type_of(into.read_bytes()) == type
    assert into.stat().st_size <= limits.image_bytes
    return type, image


def test_a_picture_is_as_large_as_it_is_seen(tmp_path):
    (tmp_path / "x").write_bytes(made("JPEG", size=(40, 20), exif=camera()))
    assert pictures.measure(tmp_path / "x") == (20, 40)
    (tmp_path / "x").write_bytes(png((1, 2, 3), 7, 3))
    assert pictures.measure(tmp_path / "x") == (7, 3)


def test_what_is_too_large_is_made_smaller_and_stays_upright(tmp_path):
    type, image = fitted(tmp_path, made("PNG", size=(600, 300), noise=True, exif=camera()), LIMITS)
    assert type == "image/jpeg"
    assert image.height > image.width


def test_too_many_points_become_fewer(tmp_path):
    _, image = fitted(tmp_path, made("JPEG", size=(400, 200)), FileLimits(image_pixels=20_000))
    assert image.size == (200, 100)


def test_what_can_be_seen_through_stays_so_where_that_can_be(tmp_path):
    clear = made("PNG", mode="RGBA")
    assert fitted(tmp_path, clear, LIMITS)[1].mode == "RGBA"
    jpeg = FileLimits(types=frozenset({"image/jpeg"}))
    into = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(into, "PNG")
    type, image = fitted(tmp_path, into.getvalue(), jpeg)
    assert (type, image.getpixel((0, 0))) == ("image/jpeg", (255, 255, 255))


def test_of_what_moves_it_is_the_first_moment(tmp_path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    into = io.BytesIO()
    frames[0].save(into, "GIF", save_all=True, append_images=frames[1:])
    _, image = fitted(tmp_path, into.getvalue(), FileLimits(types=frozenset({"image/png"})))
    assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_a_picture_that_unfolds_into_too_much_is_never_opened(tmp_path):
    bomb = png((0, 0, 0), 1, 1)
    head = struct.pack(">II", 60_000, 60_000)
    (tmp_path / "x").write_bytes(bomb[:16] + head + bomb[24:])
    for call in (pictures.measure, lambda path: pictures.fitted(path, tmp_path / "y", LIMITS)):
        with pytest.raises(Rejected) as info:
            call(tmp_path / "x")
        assert info.value.key in ("file-broken", "file-too-many-points")


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", png((1, 2, 3))[:40], b"GIF89a" + bytes(3)])
def test_what_is_broken_is_refused(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(Rejected):
        pictures.fitted(tmp_path / "x", tmp_path / "y", LIMITS)


def test_a_film_of_boxes_within_boxes_without_end_is_broken(tmp_path):
    deep = 3000
    (tmp_path / "x").write_bytes(b"".join(struct.pack(">I4s", 8 * (deep - n), b"moov") for n in range(deep)))
    with pytest.raises(ValueError, match="without end"):
        strip(tmp_path / "x", "video/mp4")


def test_where_no_size_fits_it_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(made("JPEG", size=(300, 300), noise=True))
    with pytest.raises(Rejected) as info:
        pictures.fitted(tmp_path / "x", tmp_path / "y", FileLimits(image_bytes=100))
    assert info.value.key == "file-too-large"


# --- the shelf ---------------------------------------------------------------------------------


async def nothing(path):
    """Nothing has to be done to it."""


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path / "files", room=1000, linger=0.02)
    yield shelf
    shelf.clear()


def source(content, calls, error=None):
    async def fetch():
        calls.append(content)
        await asyncio.sleep(0)
        async for piece in reader(content)():
            yield piece
        if error is not None:
            raise error

    return fetch


async def test_a_file_is_fetched_once_for_all_who_want_it_and_gone_soon_after(shelf, tmp_path):
    calls = []

    async def use():
        async with shelf.holding("tg\nAgAC", source(b"x" * 300, calls), nothing) as path:
            await asyncio.sleep(0)
            return path, path.read_bytes()

    (path, content), other = await asyncio.gather(use(), use())
    assert (path, content) == other
    assert (content, len(calls)) == (b"x" * 300, 1)
    assert (await use())[1] == content
    assert len(calls) == 1
    assert "AgAC" not in path.name
    assert path.parent.stat().st_mode & 0o077 == 0, "nobody else reads it"
    await asyncio.sleep(0.1)
    assert not path.exists()


async def test_what_was_not_fetched_whole_is_fetched_anew(shelf):
    calls = []
    with pytest.raises(TargetGone):
        async with shelf.holding("a", source(b"half", calls, TargetGone()), nothing):
            raise AssertionError("it is not there")
    async with shelf.holding("a", source(b"whole", calls), nothing) as path:
        assert path.read_bytes() == b"whole"


async def test_there_is_room_for_so_much_and_what_nobody_uses_makes_room(shelf):
    calls = []
    async with shelf.holding("a", source(b"a" * 600, calls), nothing) as used:
        with pytest.raises(Temporary):
            async with shelf.holding("b", source(b"b" * 600, calls), nothing):
                raise AssertionError("there is no room")
        assert used.exists()
    async with shelf.holding("b", source(b"b" * 600, calls), nothing) as path:
        assert path.read_bytes() == b"b" * 600
        assert not used.exists()


async def test_a_full_disk_is_waited_for_and_named_in_the_log(shelf, caplog):
    async def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(Temporary) as info:
        async with shelf.holding("a", source(b"x", []), full):
            raise AssertionError("there is no room")
    assert (info.value.key, info.value.retry_after) == ("file-disk-full", 300)
    assert not list(shelf._folder.iterdir())


async def test_what_nobody_uses_is_let_go_at_once_when_that_is_wanted(shelf, tmp_path):
    shelf._linger = 3600
    calls = []
    async with shelf.holding("one", source(b"1", calls), nothing) as used:
        async with shelf.holding("two", source(b"2", calls), nothing) as idle:
            pass
        shelf.let_go()
        assert (used.exists(), idle.exists()) == (True, False)
    shelf.let_go()
    assert list((tmp_path / "files").iterdir()) == []
    async with shelf.holding("two", source(b"2", calls), nothing) as again:
        assert again.read_bytes() == b"2"
