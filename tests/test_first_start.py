"""An operator's first minutes: credentials are proven at once, and the first scan makes the operator."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
import segno

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities
from bridgebot.cli import claim, reach
from bridgebot.cli.reach import Answer, Verdict
from bridgebot.errors import AuthExpired, ConfigError, Rejected, Temporary, Unconfirmed
from bridgebot.loader import Prepared
from bridgebot.store.vault import digest
from tests import parrot
from tests.processes import Terminal, running
from tests.test_command_line import bridgebot

CODE = r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}"
ADDRESS = rf"https://parrot\.example/polly_bot\?start={CODE}"
NOWHERE = "http://127.0.0.1:1"  # nobody listens there
REFUSED = {"en": "No parrot has this token.", "zh-CN": "没有鹦鹉用这个令牌。"}
AWAY = {"en": "127.0.0.1 cannot be reached at the moment.", "zh-CN": "暂时连不上 127.0.0.1。"}


@pytest.fixture
def folder(tmp_path):
    parrot.install(tmp_path)
    return tmp_path


@pytest.fixture
def api():
    with parrot.served() as address:
        yield address


def begin(api: str, *more: str, language: str = "en") -> list[str]:
    """`init` with every answer but the token."""
    return [
        "init", "--language", language, "--chat", parrot.USE, "--option", f"api={api}",
        "--social", "plaza", "--public-url", "none", *more,
    ]  # fmt: skip


def initialised(folder: Path, api: str, *more: str) -> subprocess.CompletedProcess[str]:
    made = bridgebot(*begin(api, *more), folder=folder, answers=f"{parrot.TOKEN}\n")
    assert made.returncode == 0, made.stderr
    return made


def written(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - {"birds"}


def codes(folder: Path) -> set[str]:
    """The digests of the codes that the database knows."""
    with sqlite3.connect(folder / "bridgebot.db") as database:
        return {row[0] for row in database.execute("SELECT digest FROM invite WHERE role = 'operator'")}


# --- init ----------------------------------------------------------------------------------------


def test_init_proves_the_credentials_and_gives_an_address(folder, api) -> None:
    made = initialised(folder, api)
    assert "The parrot's token:" in made.stdout
    assert "✓ Parrot: https://parrot.example/polly_bot can be reached\n" in made.stdout
    last = made.stdout.splitlines()[-2:]
    assert re.fullmatch(rf"3\. Become its operator: {ADDRESS}", last[0])
    assert last[1] == "Open it: the first to do so becomes the operator. It works once, for 7 days."
    assert digest(last[0].partition("?start=")[2]) in codes(folder)
    config = (folder / "config.yaml").read_text()
    assert "  parrot:\n    use: birds.parrot\n" in config
    assert (folder / "parrot-token").read_text() == f"{parrot.TOKEN}\n"
    assert parrot.TOKEN not in made.stdout + made.stderr + config


def test_init_gives_the_address_in_chinese_too(folder, api) -> None:
    answers = f"{parrot.TOKEN}\n"
    made = bridgebot(*begin(api, language="zh-CN"), folder=folder, answers=answers)
    assert made.returncode == 0, made.stderr
    assert "✓ Parrot：可以连上 https://parrot.example/polly_bot\n" in made.stdout
    assert re.search(rf"^3\. 成为它的管理者：{ADDRESS}$", made.stdout, re.MULTILINE)
    assert "打开这个链接：最先这样做的人成为管理者。只能用一次，7 天内有效。\n" in made.stdout


def test_init_gives_a_program_the_address(folder, api) -> None:
    found = json.loads(initialised(folder, api, "--json").stdout)
    assert found["address"] == f"https://parrot.example/polly_bot?start={found['claim']}"


@pytest.mark.parametrize("language", REFUSED)
@pytest.mark.parametrize("flag", [True, False], ids=["file", "piped"])
def test_refused_credentials_that_nobody_can_mend_write_nothing(folder, api, language, flag) -> None:
    wrong = folder / "birds" / "wrong"
    wrong.write_text(f"{parrot.WRONG}\n")
    more = ["--option", f"token_file={wrong}"] if flag else []
    answers = "" if flag else f"{parrot.WRONG}\n"
    done = bridgebot(*begin(api, *more, language=language), folder=folder, answers=answers)
    assert (done.returncode, done.stderr) == (78, f"{REFUSED[language]}\n")
    assert written(folder) == set()
    assert parrot.WRONG not in done.stdout


@pytest.mark.parametrize(
    ("language", "unproven", "claim"),
    [
        ("en", "So nobody knows yet whether Parrot accepts the bot.", "Write this to the bot within 7 days"),
        ("zh-CN", "所以还不知道 Parrot 是否接受这个机器人。", "7 天之内把这句话发给机器人"),
    ],
)
def test_an_operator_may_be_offline(folder, language, unproven, claim) -> None:
    done = bridgebot(*begin(NOWHERE, language=language), folder=folder, answers=f"{parrot.TOKEN}\n")
    assert done.returncode == 0, done.stderr
    assert AWAY[language] in done.stdout
    assert unproven in done.stdout
    assert re.search(rf"^3\. {claim}.*/start {CODE}$", done.stdout, re.MULTILINE)
    assert {"config.yaml", "keys", "parrot-token", "bridgebot.db"} <= written(folder)


def test_whoever_sits_there_is_asked_again_and_sees_a_picture(folder, api) -> None:
    terminal = Terminal(folder, *begin(api))
    terminal.reads("The parrot's token:")
    terminal.types(parrot.WRONG)
    terminal.reads("The parrot's token:")
    terminal.types(parrot.TOKEN)
    assert terminal.ends() == 0, terminal.shown
    assert terminal.shown.count(REFUSED["en"]) == 1
    assert "Scan this or open it: the first to do so becomes the operator." in terminal.shown
    assert parrot.WRONG not in terminal.shown  # what is secret is not shown while it is typed
    address = re.search(ADDRESS, terminal.shown)[0]
    assert picture(terminal.shown) == dots(address)


def dots(address: str) -> list[list[bool]]:
    """Where a QR code of the address is dark, with what must be light around it."""
    return [[dot == 1 for dot in row] for row in segno.make_qr(address).matrix_iter(border=claim.QUIET)]


def picture(shown: str) -> list[list[bool]]:
    """What a camera would see of half blocks drawn in white on black."""
    rows = re.findall(r"^\x1b\[38;5;231;48;5;16m([ █▀▄]+)\x1b\[0m$", shown, re.MULTILINE)
    seen = [[dot in dark for dot in row] for row in rows for dark in (" ▄", " ▀")]
    return seen[: len(seen[0])] if seen else []  # the number of rows is odd: half a row is nobody's


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "this does not look right"), ("zh-CN", "看起来不对，请再完整地复制一次。")],
)
def test_a_secret_of_the_wrong_shape_is_asked_for_again_and_not_quoted(
    folder, api, language, sentence
) -> None:
    answers = f"hunter2\n{parrot.TOKEN}\n"
    made = bridgebot(*begin(api, language=language), folder=folder, answers=answers)
    assert made.returncode == 0, made.stderr
    assert sentence in made.stdout
    assert "hunter2" not in made.stdout + made.stderr


def test_init_proposes_what_lasts_and_needs_nothing(folder) -> None:
    asked = bridgebot("init", "--language", "en", folder=folder).stdout
    proposed = re.search(r"Which chat network\? \(.*\) \[(\w+)\]", asked)[1]
    assert proposed != "console"
    answers = "console\n"
    asked = bridgebot("init", "--language", "en", folder=folder, answers=answers).stdout
    offered, proposed = re.search(r"\((.*), none\) \[(.*)\]", asked).groups()
    assert "pebble" in offered.split(", ")
    assert "plaza" in proposed.split(", ")
    assert "pebble" not in proposed


def test_a_module_that_is_no_chat_network_is_not_taken(folder) -> None:
    for use in ("birds.ostrich", "adapters.plaza"):
        done = bridgebot("init", "--language", "en", "--chat", use, folder=folder)
        assert done.returncode == 78
        assert done.stderr.startswith("One of these: console")


# --- what a network may answer -------------------------------------------------------------------


def asked(monkeypatch, language: str, word: object) -> Answer:
    """The answer of an adapter that raises `word`, says it, or says nothing."""

    class Adapter(ChatAdapter[AdapterConfig]):
        title = "Parrot"
        capabilities = ChatCapabilities(address=True)

        async def address(self, start: str) -> str:
            if isinstance(word, BaseException):
                raise word
            await asyncio.sleep(60 if word is None else 0)
            return str(word)

    monkeypatch.setattr(reach, "PATIENCE", 1.0)
    (answer,) = reach.ask([Prepared("bird", "birds.parrot", kind=Adapter, config=AdapterConfig())], language)
    assert (answer.name, answer.title) == ("bird", "Parrot")
    return answer


@pytest.mark.parametrize(
    ("word", "verdict", "english", "chinese"),
    [
        (AuthExpired(), Verdict.REFUSED, "Parrot does not accept the bot's credentials. Please check them.",
         "Parrot 不接受机器人的登录信息，请检查一下。"),
        (Rejected("http-address-wrong"), Verdict.REFUSED, "That is not an address of a site.",
         "这不是一个站点的地址。"),
        (ConfigError("Parrot: no TLS."), Verdict.REFUSED, "Parrot: no TLS.", "Parrot: no TLS."),
        (Temporary(), Verdict.UNREACHABLE, "Parrot cannot be reached at the moment.", "暂时连不上 Parrot。"),
        (Unconfirmed("http-no-answer", host="x.example"), Verdict.UNREACHABLE,
         "x.example gave no usable answer.", "x.example 没有给出可用的回应。"),
        (None, Verdict.UNREACHABLE, "Parrot has not answered for 1 seconds.", "Parrot 已有 1 秒没有回应。"),
        (KeyError("hunter2"), Verdict.UNREACHABLE, "KeyError", "KeyError"),
    ],
    ids=["refused", "rejected", "configuration", "temporary", "unconfirmed", "silent", "bug"],
)  # fmt: skip
def test_every_failure_has_its_sentence(monkeypatch, word, verdict, english, chinese) -> None:
    for language, sentence in (("en", english), ("zh-CN", chinese)):
        answer = asked(monkeypatch, language, word)
        assert answer.verdict is verdict
        assert sentence in answer.words
        assert "hunter2" not in answer.words


def test_an_answer_shows_no_code_in_its_repr(monkeypatch) -> None:
    answer = asked(monkeypatch, "en", "https://parrot.example/polly?start=abcd")
    assert (answer.verdict, answer.site) == (Verdict.REACHED, "https://parrot.example/polly")
    assert "abcd" not in repr(answer)


# --- claim ---------------------------------------------------------------------------------------


def test_claim_makes_a_code_with_a_picture_where_it_fits(folder, api) -> None:
    initialised(folder, api)
    terminal = Terminal(folder, "claim")
    assert terminal.ends() == 0, terminal.shown
    address = re.search(rf"^Parrot \(parrot\): ({ADDRESS})$", terminal.shown, re.MULTILINE)[1]
    assert picture(terminal.shown) == dots(address)
    terminal = Terminal(folder, "claim", columns=30)
    assert terminal.ends() == 0
    assert picture(terminal.shown) == []
    assert "Open it: the first to do so" in terminal.shown


def test_claim_without_an_address_is_a_line_to_write(folder) -> None:
    bridgebot(*begin(NOWHERE), folder=folder, answers=f"{parrot.TOKEN}\n")
    done = bridgebot("claim", folder=folder)
    assert done.returncode == 0
    away, _, line = done.stdout.splitlines()
    assert away == f"✗ parrot: {AWAY['en']}"
    assert re.fullmatch(rf"Write this to the bot within 7 days to .* it works once: /start {CODE}", line)
    found = json.loads(bridgebot("claim", "--json", folder=folder).stdout)
    assert found["addresses"] == {}
    assert digest(found["claim"]) in codes(folder)


def test_a_bot_without_an_operator_says_so_and_claim_works_beside_it(folder, api) -> None:
    initialised(folder, api)
    with running(folder) as bot:
        found = json.loads(bridgebot("claim", "--json", folder=folder).stdout)
        log = bot.stopped()
    assert found["addresses"] == {"parrot": f"https://parrot.example/polly_bot?start={found['claim']}"}
    assert digest(found["claim"]) in codes(folder)
    assert "Nobody is this bot's operator yet: `bridgebot claim` makes a code" in log
    assert re.search(CODE, log) is None
    with running(folder, "--set", "operators=parrot:4711", "--set", "language=zh-CN") as bot:
        assert "bridgebot claim" not in bot.stopped()
    with running(folder, "--set", "language=zh-CN") as bot:
        assert "这个机器人还没有管理者：运行 `bridgebot claim` 可以得到一个代码" in bot.stopped()


def test_a_code_made_beside_the_running_bot_makes_its_sender_operator(folder) -> None:
    made = ["--chat", "console", "--social", "plaza", "--public-url", "none"]
    assert bridgebot("init", "--language", "en", *made, folder=folder).returncode == 0
    with running(folder) as bot:
        code = json.loads(bridgebot("claim", "--json", folder=folder).stdout)["claim"]
        bot.hears(f"/start {code}")
        deadline = time.monotonic() + 60
        while roles(folder) != ["operator"]:
            assert time.monotonic() < deadline, roles(folder)
            time.sleep(0.1)
        assert "Nobody is this bot's operator yet" in bot.stopped()
    with running(folder) as bot:
        assert "Nobody is this bot's operator yet" not in bot.stopped()


def roles(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "bridgebot.db") as database:
        return [row[0] for row in database.execute("SELECT role FROM user")]


# --- check-config --online -----------------------------------------------------------------------


def test_check_config_asks_the_network_only_when_told_to(folder, api) -> None:
    initialised(folder, api)
    well = bridgebot("check-config", "--online", folder=folder)
    assert (well.returncode, well.stderr) == (0, "")
    assert well.stdout.splitlines()[1:] == ["✓ parrot: https://parrot.example/polly_bot can be reached"]
    found = json.loads(bridgebot("check-config", "--online", "--json", folder=folder).stdout)
    assert found["online"] == [
        {
            "adapter": "parrot",
            "verdict": "reached",
            "address": "https://parrot.example/polly_bot",
            "problem": None,
        }
    ]
    (folder / "parrot-token").write_text(parrot.WRONG)
    assert bridgebot("check-config", folder=folder).returncode == 0
    for language, sentence in REFUSED.items():
        wrong = bridgebot("check-config", "--online", "--set", f"language={language}", folder=folder)
        assert wrong.returncode == 78
        assert wrong.stderr == f"✗ parrot{': ' if language == 'en' else '：'}{sentence}\n"


@pytest.mark.parametrize("language", AWAY)
def test_check_config_tells_what_cannot_be_reached_from_what_is_wrong(folder, api, language) -> None:
    initialised(folder, api)
    away = ["--set", f"adapters.parrot.api={NOWHERE}", "--set", f"language={language}"]
    done = bridgebot("check-config", "--online", *away, folder=folder)
    assert done.returncode == 75
    assert AWAY[language] in done.stderr
    found = json.loads(bridgebot("check-config", "--online", "--json", *away, folder=folder).stdout)
    assert [(one["verdict"], one["address"]) for one in found["online"]] == [("unreachable", None)]


def test_check_config_says_which_network_it_cannot_ask(folder) -> None:
    made = ["--chat", "console", "--social", "plaza", "--public-url", "none"]
    assert bridgebot("init", "--language", "en", *made, folder=folder).returncode == 0
    done = bridgebot("check-config", "--online", folder=folder)
    assert done.returncode == 0
    assert "– console: whether it accepts the bot shows when the bot runs\n" in done.stdout
