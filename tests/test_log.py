"""The log: for people or as JSON, and what never gets into it."""

from __future__ import annotations

import json
import logging
import re
import sys

import pytest

from bridgebot.log import QUIET, Log, configure


def test_json_is_one_object_a_line(capsys) -> None:
    configure("json", "info")
    Log("bridgebot.x").info("发出", adapter="talk", count=3)
    logging.getLogger("other.library").warning("hello %s", "there")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["adapter"], ours["count"], ours["level"]) == ("发出", "talk", 3, "info")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("hello there", "warning", "other.library")


def test_the_level_is_kept(capsys) -> None:
    configure("console", "warning")
    Log("bridgebot.x").info("quiet")
    Log("bridgebot.x").warning("loud")
    shown = capsys.readouterr().err
    assert "loud" in shown
    assert "quiet" not in shown


@pytest.mark.parametrize("name", QUIET)
def test_libraries_that_log_what_people_write_are_quiet(name: str, capsys) -> None:
    configure("console", "debug")
    logging.getLogger(name).info("<message><body>hunter2</body></message>")
    logging.getLogger(f"{name}.part").debug("hunter2")
    assert capsys.readouterr().err == ""


def test_a_library_that_its_adapter_silenced_stays_silent(capsys) -> None:
    """slixmpp's errors quote stanzas: the adapter silences them, perhaps before the log is set up."""
    library = logging.getLogger("slixmpp")
    before = library.level
    library.setLevel(logging.CRITICAL)
    try:
        configure("console", "debug")
        library.error("Parse error: what somebody wrote")
        assert capsys.readouterr().err == ""
    finally:
        library.setLevel(before)


@pytest.mark.parametrize("format", ["console", "json"])
def test_texts_and_secrets_do_not_get_out(format: str, capsys) -> None:
    configure(format, "debug")
    log = Log("bridgebot.x")
    log.info("sent", text="hunter2", token="hunter2", password="hunter2", id="7k2")
    shown = capsys.readouterr().err
    assert "7k2" in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("format", ["console", "json"])
def test_a_traceback_shows_no_local_values(format: str, capsys) -> None:
    configure(format, "info")
    try:
        password = "hunter2"
        assert password
        raise KeyError("what")
    except KeyError:
        Log("bridgebot.x").exception("broke")
    shown = capsys.readouterr().err
    assert "KeyError" in shown
    assert "test_log.py" in shown
    assert "hunter2" not in shown.replace('password = "hunter2"', "")


@pytest.mark.parametrize("format", ["console", "json"])
def test_a_line_of_facts_looks_like_any_other(format: str, capsys) -> None:
    configure(format, "info")
    facts = {"trace": "m12", "adapter": "talk", "seconds": 0.25}
    Log("bridgebot.x").info("sent", **facts)
    logging.getLogger("bridgebot.x").info("sent", extra={"facts": facts})
    logging.getLogger("bridgebot.x").info("sent", extra={"facts": facts | {"token": "hunter2"}})
    slow, quick, careful = (
        re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", line) for line in capsys.readouterr().err.splitlines()
    )
    if format == "json":
        slow, quick = json.loads(slow), json.loads(quick)
    assert quick == slow
    assert "hunter2" not in careful


def test_for_eyes_there_are_colours_and_for_a_file_none(monkeypatch, capsys) -> None:
    for looked_at in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda looked_at=looked_at: looked_at)
        configure("console", "info")
        Log("bridgebot.x").info("set aside", adapter="talk", problem="two words")
    coloured, plain = capsys.readouterr().err.splitlines()
    assert "\033[" in coloured
    assert re.sub(r"\033\[\d+m", "", coloured).split()[1:] == plain.split()[1:]
    assert plain.endswith("[bridgebot.x] adapter=talk problem='two words'")


def test_what_was_written_cannot_begin_a_line_of_its_own(capsys) -> None:
    configure("console", "info")
    Log("bridgebot.x").warning("cannot be noted", problem="no room\n2026-01-01 [info] all is well")
    assert len(capsys.readouterr().err.splitlines()) == 1
