"""Nobody takes along what is not theirs, and nothing stays of whoever wants to be forgotten."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import aiohttp
import pytest
import sqlalchemy as sa

from bridgebot import archive, sealing
from bridgebot.adapter import KeptFiles
from bridgebot.archive import table
from bridgebot.config.settings import WebSettings
from bridgebot.model import Audience
from bridgebot.store import exports, leavings, mine, people
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.testing.fakes import MemoryChat
from bridgebot.web import Web
from bridgebot.web.exports import Exports
from tests.house import TestHouse

PUBLIC = "https://bot.example"
SCHEMA = Path(__file__).parents[2] / "docs/export.schema.json"
ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path, public_url=PUBLIC) as house:
        yield house


@pytest.fixture
async def two(tmp_path):
    """The same where people have a chat on a second network too."""
    second = MemoryChat(name="other")
    async with TestHouse(tmp_path, public_url=PUBLIC, chats=(second,)) as house:
        yield house


async def packed(house, user_id: int) -> zipfile.ZipFile:
    pieces = [piece async for piece in archive.stream(house.store, archive.Making(user_id, AT, "1.0"))]
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


async def document(house, user_id: int) -> dict:
    return json.loads((await packed(house, user_id)).read("export.json"))


async def rows(house, table, *where) -> list[dict]:
    query = sa.select(table).where(*where)
    return await house.store.read(lambda tx, now: [dict(r) for r in tx.connection.execute(query).mappings()])


def address(chat, sender: str = "ada") -> str:
    """The one-time token in what the bot said last."""
    return re.search(rf"{PUBLIC}/export/(\S+)", "\n".join(chat.lines(sender))).group(1)


async def agrees(house, sender: str = "ada") -> str:
    await house.says("/export", sender=sender)
    await house.says("yes", sender=sender)
    return address(house.chat, sender)


# --- what is in it -----------------------------------------------------------------------------


async def lived(house) -> tuple[int, int]:
    """Ada and Lin on the same networks, with something of everything; their user ids."""
    ada, lin = await house.user("ada", "north", "south"), await house.user("lin", "north")
    for sender in ("ada", "lin"):
        await house.says(f"/post first words of {sender} 中文 \U0001f98a", sender=sender)
        await house.wait(200)
        await house.says(f"/memo kept by {sender}", sender=sender)
        await house.says("/cw careful", sender=sender)
        line = await house.says(f"/post second words of {sender}", sender=sender)
        await house.wait(2)
        house.chat.edit_line(line, f"/post changed words of {sender}")
        await house.settle()
        await house.says("/home on north", sender=sender)
        await house.poll()
        await house.wait(200)
    return ada, lin


async def test_everything_of_oneself_and_nothing_of_anybody_else(house):
    ada, lin = await lived(house)
    found = await packed(house, ada)
    assert set(found.namelist()) == {"README.txt", "export.json", "posts.atom", "posts.csv", "feeds.opml"}
    whole = json.loads(found.read("export.json"))
    assert [p["text"] for p in whole["posts"]] == [
        "first words of ada 中文 \U0001f98a",
        "kept by ada",
        "changed words of ada",
    ]
    assert whole["posts"][2]["warning"] == "careful"
    assert [edit["text"] for edit in whole["posts"][2]["edits"]] == ["second words of ada"]
    assert {copy["account"] for copy in whole["posts"][0]["copies"]} == {None, "north", "south"}
    assert [a["handle"] for a in whole["accounts"]] == ["@ada@north.example", "@ada@south.example"]
    assert {route["verb"] for route in whole["routes"]} == {"default", "follow"}
    for name in found.namelist():
        assert b"of lin" not in found.read(name)
        assert b"by lin" not in found.read(name)
        assert b"@lin" not in found.read(name)
    other = await document(house, lin)
    assert "of ada" not in json.dumps(other)


async def test_no_secret_is_in_it(house):
    ada = await house.user("ada", "north")
    await house.says("/link north")
    token = await agrees(house)
    secrets = [row["credentials"] for row in await rows(house, t.account)]
    secrets += [row["arguments"] for row in await rows(house, t.question)]
    secrets += [row["progress"] for row in await rows(house, t.link_request)]
    secrets += [row["digest"] for row in await rows(house, exports.export)]
    native = await house.store.read(lambda tx, now: people.native_account(tx, 1))
    file = await packed(house, ada)
    words = b"".join(file.read(name) for name in file.namelist())
    for secret in [*filter(None, secrets), native.credentials, token]:
        assert secret.encode() not in words


async def test_an_answer_names_what_it_answers_and_not_what_that_said(house):
    ada = await house.user("ada", "north")
    public = await house.shows("a public word of lin")
    await house.says("my answer", reply_to=public)
    hidden = await house.shows("a hidden word of lin", audience=Audience.FOLLOWERS)
    await house.says("my other answer", reply_to=hidden)
    await house.wait(2)
    whole = await document(house, ada)
    answers = {post["text"]: post["answers"] for post in whole["posts"]}
    assert answers["my answer"]["url"].startswith("https://")
    assert answers["my other answer"] == {"uri": None, "url": None}
    assert "word of lin" not in json.dumps(whole)


async def test_it_keeps_to_its_schema(house):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    ada, _ = await lived(house)
    await house.says("/export")
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    whole = await document(house, ada)
    validator.validate(whole)
    for spoiled in (whole | {"version": "1"}, whole | {"posts": [{"id": 1}]}, {"format": "bridgebot-export"}):
        assert not validator.is_valid(spoiled)


async def test_a_row_of_every_table_under_a_user_comes_along():
    """A table that somebody adds is in the file without being named; a mention of the user is none."""
    shown = {t.person, t.account, t.post, t.route, t.delivery, t.question, leavings.leaving}
    owned = {
        table for table in metadata.sorted_tables for key in table.foreign_keys if key.column.table is t.user
    }
    assert owned | {t.audit} == shown | {table for table, _ in mine.other_tables()}


async def test_the_feed_is_atom(house):
    ada = await house.user("ada", "north")
    await house.says("/post <b>&amp; \x08 ]]> words")
    await house.wait(200)
    await house.says("/memo for me")
    await house.says("/post gone soon")
    await house.wait(2)
    await house.says("/undo")
    await house.wait(200)
    feed = ET.fromstring((await packed(house, ada)).read("posts.atom"))
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}content") for entry in entries] == ["<b>&amp;  ]]> words", "for me"]
    for element in (feed, *entries):  # RFC 4287, 4.1: exactly one of each
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext(f"{ATOM}id"))
        datetime.fromisoformat(element.findtext(f"{ATOM}updated").replace("Z", "+00:00"))
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "@ada@north.example"
    assert feed.findall(f"{ATOM}content") == []
    [link] = entries[0].findall(f"{ATOM}link[@rel='alternate']")
    assert link.get("href").startswith("https://north.example/")
    again = ET.fromstring((await packed(house, ada)).read("posts.atom"))
    assert [e.findtext(f"{ATOM}id") for e in again.iter(f"{ATOM}entry")] == [
        e.findtext(f"{ATOM}id") for e in entries
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "＠x", "\r=cmd|'/C calc'!A0", "|x"]
)
def test_a_spreadsheet_calculates_nothing(text):
    assert table.tamed(text) == f"'{text}"
    assert table.tamed(f"x{text}") == f"x{text}"


async def test_the_table_is_read_as_it_was_written(house):
    ada = await house.user("ada", "north")
    await house.says('/memo =HYPERLINK("http://evil.example","x"), "quoted"\nand a second line')
    words = (await packed(house, ada)).read("posts.csv").decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(words, newline=""))
    assert row["text"] == '\'=HYPERLINK("http://evil.example","x"), "quoted"\nand a second line'
    assert row["kind"] == "memo"


async def test_a_hundred_thousand_posts_are_never_in_memory_together(house, monkeypatch):
    """Page after page goes out, and no piece grows with how much there is."""
    monkeypatch.setattr(mine, "PAGE", 50)
    ada = await house.user("ada", "north")
    values = {"user_id": ada, "adapter": "chat", "author_id": "", "author_handle": "", "author_name": ""}
    values |= {"audience": "public", "memo": False, "version": 0, "created_at": AT}
    many = [values | {"text": f"post {n} " + "x" * 300} for n in range(5000)]
    await house.store.run(lambda tx, now: tx.connection.execute(sa.insert(t.post), many))
    ticks = 0

    async def beat():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)  # not 0: a loop that never rests holds up the thread that reads

    beating = asyncio.create_task(beat())
    pieces = [piece async for piece in archive.stream(house.store, archive.Making(ada, AT, "1.0"))]
    beating.cancel()
    assert ticks > 50  # the loop goes on between two pages, of which there are a hundred
    assert max(map(len, pieces)) < 2 * archive.CHUNK + 200_000
    whole = json.loads(zipfile.ZipFile(io.BytesIO(b"".join(pieces))).read("export.json"))
    assert [post["text"][:9].split()[1] for post in whole["posts"]] == [str(n) for n in range(5000)]


async def test_files_that_lie_with_an_adapter_go_along_and_nobody_elses(house):
    ada = await house.user("ada", "north")
    await house.user("lin", "north")
    where = KeptFiles("kept_file", "whose", "name", "content")
    owners = {row["handle"].split("@")[1]: row["native_id"] for row in await rows(house, t.account)}
    held = [(owners["ada"], "12.png", b"\x89\0red"), (owners["lin"], "13.png", b"blue")]
    held.append((owners["ada"], "../../out.png", b"\xff" * 300_000))

    def keep(tx, now):
        tx.connection.exec_driver_sql("CREATE TABLE kept_file (whose TEXT, name TEXT, content BLOB)")
        for one in held:
            tx.connection.exec_driver_sql("INSERT INTO kept_file VALUES (?, ?, ?)", one)

    await house.store.run(keep)
    making = archive.Making(ada, AT, "1.0", (archive.Keeping("north", files=(where,)),))
    pieces = [piece async for piece in archive.stream(house.store, making)]
    whole = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    found = {name: whole.read(name) for name in whole.namelist() if name.startswith("files/")}
    assert found == {"files/north/12.png": held[0][2], "files/north/out.png": held[2][2]}
    assert whole.testzip() is None


# --- who gets it -------------------------------------------------------------------------------


async def test_without_a_second_chat_the_same_one_is_asked(house):
    await house.user("ada", "north")
    await house.says("/export")
    assert "Is it you who asks?" in house.chat.last()
    assert await rows(house, exports.export) == []
    await house.says("no")
    assert house.chat.last() == "Nothing was given out."
    assert await rows(house, exports.export) == []


async def test_a_second_chat_confirms_and_the_first_is_told(two):
    await two.user("ada", "north")
    await two.meets()
    await two.says("/export")
    assert "I asked in your chat on Other" in two.chat.last()
    assert "In your chat on Chat somebody asks" in two.second.last()
    await two.says("yes")  # the first chat cannot confirm itself
    assert await rows(two, exports.export) == []
    two.second.press("Give it to me")
    await two.settle()
    assert address(two.chat)
    assert "/export/" not in "\n".join(two.second.lines())
    assert "in your chat on Chat" in two.second.last()


async def test_a_no_in_the_second_chat_is_told_in_the_first(two):
    await two.user("ada", "north")
    await two.meets()
    await two.says("/export")
    two.second.press("No")
    await two.settle()
    assert "the answer was No" in two.chat.last()
    assert await rows(two, exports.export) == []


async def test_one_at_a_time_and_a_few_a_day(house):
    await house.user("ada", "north")
    await agrees(house)
    await house.says("/export")
    assert "under way" in house.chat.last()
    for _ in range(exports.PER_DAY - 1):
        await house.wait(601)
        await agrees(house)
    await house.wait(601)
    await house.says("/export")
    assert "the most" in house.chat.last()
    await house.wait(86_400)
    assert await agrees(house)


async def test_in_a_group_nothing_is_given(house):
    await house.user("ada", "north")
    house.chat.group("den")
    for command in ("export", "forget", "privacy"):
        await house.says(f"/{command}", chat="den")
        assert house.chat.last("den") == f"/{command} works in a direct chat with me only."
    assert await rows(house, t.question) == []


# --- the one-time address ----------------------------------------------------------------------


@pytest.fixture
async def web(house):
    web = Web(WebSettings(port=0), house.house.texts)
    Exports(house.store, lambda: house.house, lambda: None).serve(web.routes("bridgebot"))
    await web.start()
    async with aiohttp.ClientSession(web.base) as session:
        yield session
    await web.stop()


async def test_looking_changes_nothing_and_fetching_works_once(house, web):
    await house.user("ada", "north")
    token = await agrees(house)
    for _ in range(2):  # clients prefetch
        async with web.get(f"/export/{token}") as page:
            assert page.status == 200
            assert '<form method="post">' in await page.text()
            assert page.headers["Cache-Control"] == "no-store"
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    async with web.head(f"/export/{token}") as page:
        assert page.status == 200
    async with web.post(f"/export/{token}") as file:
        assert file.status == 200
        assert file.headers["Cache-Control"] == "no-store"
        assert file.headers["Content-Disposition"].startswith('attachment; filename="bridgebot-export-')
        assert file.headers["Content-Security-Policy"].startswith("sandbox;")
        assert zipfile.ZipFile(io.BytesIO(await file.read())).testzip() is None
    for method in (web.get, web.post):
        async with method(f"/export/{token}") as over:
            assert over.status == 404
    await house.settle()
    assert "was fetched just now" in house.chat.last()


async def test_ten_people_who_fetch_at_once_get_it_once(house, web):
    await house.user("ada", "north")
    token = await agrees(house)

    async def fetch() -> int:
        async with web.post(f"/export/{token}") as file:
            await file.read()
            return file.status

    assert sorted(await asyncio.gather(*(fetch() for _ in range(10)))) == [200] + [404] * 9


async def test_after_ten_minutes_the_address_is_worth_nothing(house, web):
    await house.user("ada", "north")
    token = await agrees(house)
    house.clock.skip(601)
    for method in (web.get, web.post):
        async with method(f"/export/{token}") as over:
            assert over.status == 404
            assert token not in await over.text()


async def test_another_page_cannot_post_here(house, web):
    await house.user("ada", "north")
    token = await agrees(house)
    for site in ("cross-site", "same-site"):
        async with web.post(f"/export/{token}", headers={"Sec-Fetch-Site": site}) as refused:
            assert refused.status == 403
    async with web.post(f"/export/{token}", headers={"Sec-Fetch-Site": "same-origin"}) as file:
        assert file.status == 200


async def test_guessing_gets_nothing(house, web):
    await house.user("ada", "north")
    token = await agrees(house)
    for guess in (token[:-1], token.swapcase(), "x" * 43, "%00", "..%2f"):
        async with web.post(f"/export/{guess}") as nothing:
            assert nothing.status == 404
    assert len(token) >= 43  # 256 bits


async def test_only_the_hash_of_a_token_outlives_it(house, web):
    await house.user("ada", "north")
    token = await agrees(house)
    assert token not in str(await rows(house, exports.export))
    async with web.post(f"/export/{token}") as file:
        await file.read()
    for where in (t.delivery, t.part, exports.export):
        assert token not in str(await rows(house, where))
    second = await agrees(house)
    await house.wait(601)
    await house.farewell.step()
    for where in (t.delivery, t.part, exports.export):
        assert second not in str(await rows(house, where))


# --- the encrypted file ------------------------------------------------------------------------


async def test_without_a_public_address_there_is_a_file_that_age_opens(tmp_path):
    pyrage = pytest.importorskip("pyrage")
    async with TestHouse(tmp_path) as house:
        ada = await house.user("ada", "north")
        await house.says("/memo between us")
        await house.says("/export")
        await house.says("yes")
        told = house.chat.last()
        assert f"bridgebot export {ada} " in told
        words = told.splitlines()[-1].strip()
        waiting = await house.store.read(lambda tx, now: exports.file_of(tx, now, ada))
        assert waiting.passphrase == words
        assert words not in repr(waiting)
        pieces = archive.stream(house.store, archive.Making(ada, AT, "1.0"))
        file = b"".join([piece async for piece in sealing.sealed(pieces, words)])
        assert b"between us" not in file
        opened = zipfile.ZipFile(io.BytesIO(pyrage.passphrase.decrypt(file, words)))
        assert b"between us" in opened.read("export.json")
        with pytest.raises(pyrage.DecryptError):
            pyrage.passphrase.decrypt(file, words[:-1])
        assert await house.store.run(lambda tx, now: exports.take_file(tx, now, ada))
        assert await house.store.run(lambda tx, now: exports.take_file(tx, now, ada)) is None
        for where in (t.delivery, t.part, exports.export):
            assert words not in str(await rows(house, where))


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
async def test_a_sealed_file_of_any_size_opens(size):
    pyrage = pytest.importorskip("pyrage")
    words = bytes(n % 251 for n in range(size))

    async def pieces():
        for start in range(0, size, 30_001):
            yield words[start : start + 30_001]

    file = b"".join([piece async for piece in sealing.sealed(pieces(), "correct horse")])
    assert pyrage.passphrase.decrypt(file, "correct horse") == words
