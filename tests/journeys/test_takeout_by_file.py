"""A bot without a public address: its operator writes the file, and only its owner can open it."""

from __future__ import annotations

import io
import json
import stat
import zipfile

import pytest


async def test_the_operator_writes_what_only_its_owner_can_open(ada, bot):
    pyrage = pytest.importorskip("pyrage")
    await ada.posts("words for the road")
    await ada.asks("/export", r"its operator hands you the file")
    told = await ada.asks("yes", r"bridgebot export (\d+) \S+\n[^\n]+\n\s*(\S+)$")
    number, words = told.found
    file = bot.folder / "ada.zip.age"
    done = bot.run("export", number, str(file))
    assert done.returncode == 0, done.stderr
    assert words not in done.stdout + done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    opened = zipfile.ZipFile(io.BytesIO(pyrage.passphrase.decrypt(file.read_bytes(), words)))
    whole = json.loads(opened.read("export.json"))
    assert [one["text"] for one in whole["posts"]] == ["words for the road"]
    assert [one["text"] for one in whole["records"]["plaza/plaza_post"]] == ["words for the road"]
    again = bot.run("export", number, str(bot.folder / "again.zip.age"))
    assert again.returncode == 1
    assert "asked for no file" in again.stderr
    assert not (bot.folder / "again.zip.age").exists()


async def test_nobodys_data_is_taken_out_without_their_word(lin, bot):
    await lin.posts("words that stay")
    for number in range(1, 5):
        file = bot.folder / f"{number}.age"
        assert bot.run("export", str(number), str(file)).returncode == 1
        assert not file.exists()


async def test_a_file_that_is_there_is_not_written_over(ada, bot):
    await ada.asks("/export", r"its operator hands you the file")
    told = await ada.asks("yes", r"bridgebot export (\d+) ")
    file = bot.folder / "taken.age"
    file.write_text("mine")
    assert bot.run("export", told.found[0], str(file)).returncode != 0
    assert file.read_text() == "mine"
    assert bot.run("export", told.found[0], str(bot.folder / "free.age")).returncode == 0
