"""The configuration: what is accepted, and that everything wrong is named at its place, at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from bridgebot.adapter import AdapterConfig
from bridgebot.config import Settings, load, new_key, read
from bridgebot.config.options import CoreOptions, LogOptions, QuotaOptions, WebOptions
from bridgebot.config.problems import Problem
from bridgebot.config.settings import tree_of
from bridgebot.config.validate import known_keys, validate
from bridgebot.errors import ConfigError
from bridgebot.loader import available, prepare
from bridgebot.texts import Texts

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config" / "bridgebot.example.yaml"
SMALL = "adapters:\n  talk: {use: some_chat}\n"


@pytest.fixture
def write(tmp_path: Path):
    """Write a configuration beside a good key file."""

    def write(text: str, keys: str | None = None) -> Path:
        file = tmp_path / "config.yaml"
        file.write_text(text, encoding="utf-8")
        secret(tmp_path / "keys", keys if keys is not None else f"# newest first\n{new_key()}\n")
        return file

    return write


def secret(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text)
    file.chmod(mode)
    return file


def problems(file: Path, environment=None, flags=None, language: str = "en") -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(file, environment or {}, flags)
    return list(raised.value.problems)


# --- what is accepted --------------------------------------------------------------------------


def test_a_small_file_is_enough(write, tmp_path) -> None:
    settings = load(write(SMALL), {})
    assert settings == Settings(
        database=f"sqlite:///{tmp_path}/bridgebot.db",
        secret_keys=settings.secret_keys,
        adapters=settings.adapters,
        folder=tmp_path,
        keys_file=tmp_path / "keys",
    )
    assert len(settings.secret_keys) == 1
    assert settings.database_path == tmp_path / "bridgebot.db"
    assert [(one.name, one.use) for one in settings.adapters] == [("talk", "some_chat")]


def test_everything_can_be_said(write, tmp_path) -> None:
    first, second = new_key(), new_key()
    text = f"""
language: zh-CN
timezone: Asia/Shanghai
database: sqlite:///{tmp_path}/elsewhere/bot.db
access: allowlist
allow: [talk:Ada@Example.org, 'talk:12345', 'talk:@lin:example.org']
operators: ["talk:root@example.org"]
web: {{listen: "[::1]:9000", public_url: https://bot.example/}}
log: {{format: json, level: debug}}
{SMALL}"""
    settings = load(write(text, f"{first}\n{second}\n"), {})
    assert settings.language == "zh-CN"
    assert settings.timezone == "Asia/Shanghai"
    assert settings.database_path == tmp_path / "elsewhere" / "bot.db"
    assert settings.access == "allowlist"
    assert settings.allow == ("talk:ada@example.org", "talk:12345", "talk:@lin:example.org")
    assert settings.operators == ("talk:root@example.org",)
    assert (settings.web.host, settings.web.port) == ("::1", 9000)
    assert settings.web.public_url == "https://bot.example"
    assert (settings.log.format, settings.log.level) == ("json", "debug")
    assert settings.secret_keys == (first, second)


def test_flags_go_over_the_environment_and_that_over_the_file(write) -> None:
    file = write("language: en\ntimezone: UTC\naccess: open\n" + SMALL)
    environment = {"BRIDGEBOT__LANGUAGE": "zh-CN", "BRIDGEBOT__TIMEZONE": "Asia/Tokyo", "OTHER": "x"}
    settings = load(file, environment, {"timezone": "Europe/Berlin"})
    assert (settings.language, settings.timezone, settings.access) == ("zh-CN", "Europe/Berlin", "open")


def test_lists_and_nested_options_come_from_the_environment(write) -> None:
    environment = {
        "BRIDGEBOT__WEB__LISTEN": "0.0.0.0:80",
        "BRIDGEBOT__ALLOW": "talk:ada@example.org, talk:lin@example.org",
        "BRIDGEBOT__ADAPTERS__OTHER_ONE__USE": "some_other",
    }
    settings = load(write(SMALL), environment)
    assert settings.web.host == "0.0.0.0"
    assert settings.allow == ("talk:ada@example.org", "talk:lin@example.org")
    assert [one.name for one in settings.adapters] == ["talk", "other_one"]


def test_a_service_credential_may_look_open_to_its_group(write, tmp_path) -> None:
    keys = secret(tmp_path / "credential", new_key(), 0o440)
    file = write(SMALL)
    environment = {"BRIDGEBOT__SECRET_KEYS_FILE": str(keys), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load(file, environment).secret_keys == (keys.read_text(),)


@pytest.mark.parametrize(
    "url", ["https://bot.example", "http://127.0.0.1:8790", "http://localhost", "http://[::1]:80"]
)
def test_public_addresses(write, url: str) -> None:
    assert load(write(SMALL + f"web: {{public_url: '{url}'}}\n"), {}).web.public_url == url


def test_sites_at_which_files_may_lie(write) -> None:
    sites = ("http://10.0.0.5:9000", "https://files.example.org")
    assert load(write(SMALL), {}).file_sites == ()
    assert load(write(SMALL + f"file_sites: ['{sites[0]}/', '{sites[1]}']\n"), {}).file_sites == sites
    assert load(write(SMALL), {"BRIDGEBOT__FILE_SITES": ", ".join(sites)}).file_sites == sites


# --- what is wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "site",
    ["10.0.0.5", "10.0.0.0/8", "ftp://10.0.0.5", "http://10.0.0.5/media", "http://10.0.0.5/?a", "http://[",
     "http://me@10.0.0.5", "http://:secret@10.0.0.5"],
)  # fmt: skip
def test_what_is_no_site(write, site: str) -> None:
    (found,) = problems(write(SMALL + f"file_sites: ['{site}']\n"))
    assert found.startswith("config.yaml:3:")
    assert "these must be addresses of sites alone" in found
    assert "secret" not in found


def test_who_may_read_the_measurements(write, tmp_path) -> None:
    secret(tmp_path / "token", "s3cret\n")
    text = SMALL + "web: {metrics_allow: [10.0.0.0/8, '::1'], metrics_token_file: token}\n"
    web = load(write(text), {}).web
    assert [str(network) for network in web.metrics_networks] == ["10.0.0.0/8", "::1/128"]
    assert web.metrics_token == "s3cret"
    environment = {"BRIDGEBOT__WEB__METRICS_ALLOW": "10.0.0.0/8, 192.0.2.1"}
    web = load(write(SMALL), environment).web
    assert (web.metrics_allow, web.metrics_token) == (("10.0.0.0/8", "192.0.2.1/32"), None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("metrics_allow: [everybody]", "these must be networks like 10.0.0.0/8"),
        ("metrics_allow: [10.0.0.1/8]", "these must be networks like 10.0.0.0/8"),
        ("metrics_token_file: nowhere", "nowhere"),
        ("metrics_token_file: blank", "blank"),
    ],
)
def test_what_would_let_in_nobody_knows_whom(write, tmp_path, written: str, expected: str) -> None:
    secret(tmp_path / "blank", "\n")
    (found,) = problems(write(SMALL + f"web: {{{written}}}\n"))
    assert found.startswith("config.yaml:3:")
    assert expected in found


def test_all_errors_at_once_in_the_order_of_the_file(write) -> None:
    text = """\
langage: en
access: everyone
allow: [ada, talk:ada@example.org/phone, nowhere:ada@example.org]
web: {listen: here, port: 80}
timezone: Mars/Base
adapters:
  Talk: {use: some_chat}
  talk: {use: 'some chat'}
  more: {}
  none:
log: loud
"""
    environment = {"BRIDGEBOT__DATABASES": "x", "BRIDGEBOT__WEB__PUBLIC_URL": "http://bot.example"}
    assert problems(write(text), environment) == [
        'config.yaml:1:1: langage: unknown key (did you mean "language"?)',
        "config.yaml:2:9: access: this must be open, invite, allowlist",
        "config.yaml:3:9: allow.0: this must be an adapter's name, a colon and a person's id: "
        "jabber:ada@example.org",
        "config.yaml:3:14: allow.1: this must be an address like ada@example.org, with nothing behind it",
        "config.yaml:4:15: web.listen: this must be host:port, for example 127.0.0.1:8790",
        "config.yaml:4:21: web.port: unknown key",
        "config.yaml:5:11: timezone: there is no such time zone; "
        "write it like Europe/Berlin or Asia/Shanghai",
        "config.yaml:7:3: adapters.Talk: the name of an adapter has small letters, digits and _, "
        "and begins with a letter",
        "config.yaml:8:15: adapters.talk.use: this must be the name of an adapter, or of a Python module: "
        "my_package.zulip",
        "config.yaml:9:3: adapters.more.use: this is needed",
        "config.yaml:10:3: adapters.none.use: this is needed",
        "config.yaml:11:6: log: this must hold options of its own, indented below it",
        'BRIDGEBOT__DATABASES: databases: unknown key (did you mean "database"?)',
        "BRIDGEBOT__WEB__PUBLIC_URL: web.public_url: people reach this over the Internet, "
        "so it must begin with https://",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "config.yaml:1:1: the file is empty; `bridgebot init` writes one with everything in it"),
        ("# only a comment\n", "config.yaml:1:1: the file is empty; "),
        ("- a\n- b\n", "config.yaml:1:1: a configuration is made of"),
        ("hunter2", "config.yaml:1:1: a configuration is made of"),
        ("a: b: c\n", "config.yaml:1:5: this cannot be read"),
        ("a:\n\tb: c\n", "config.yaml:2:1: there is a character here"),
        ("a: @b\n", "config.yaml:1:4: there is a character here"),
        ("a: *hunter2\n", "config.yaml:1:4: & and * have a meaning"),
        ("a: &b [*b]\n", "config.yaml:1:4: a: unknown key"),
        ("a: !hunter2 x\n", "config.yaml:1:4: a: ! has a meaning"),
        ("a: 1\na: 2\n", "config.yaml:2:1: a: this is written twice"),
        ("web: {listen: 'a:1', listen: 'b:1'}\n", "config.yaml:1:22: web.listen: this is written twice"),
        ("a: 1\n---\nb: 2\n", "config.yaml:2:1: "),
        ("{" * 5000, "config.yaml:1:1: this cannot be read"),
    ],
)
def test_what_is_no_configuration(write, text: str, expected: str) -> None:
    found = problems(write(text))
    assert any(line.startswith(expected) for line in found) or "&b" in text, found
    assert "hunter2" not in "\n".join(found)


def test_an_alias_that_contains_itself_ends(write) -> None:
    assert any("& and * have a meaning" in line for line in problems(write("a: &b [*b]\n")))


def test_what_is_no_text(tmp_path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"language: \xff\xfe\n")
    assert problems(file) == ["config.yaml: this is not text in UTF-8"]


def test_a_file_that_is_not_there(tmp_path) -> None:
    file = tmp_path / "none.yaml"
    assert problems(file) == [f"{file}: there is no such file; `bridgebot init` writes one"]


@pytest.mark.parametrize(
    ("keys", "mode", "expected"),
    [
        ("", 0o600, "keys is empty"),
        ("# nothing\n", 0o600, "keys is empty"),
        ("hunter2\n", 0o600, "keys holds something that is not a key"),
        (f"{new_key()}\nhunter2\n", 0o600, "keys holds something that is not a key"),
        (new_key(), 0o640, "others can read .*keys; close it with: chmod 600 .*keys"),
        (new_key(), 0o604, "others can read"),
        (None, 0o600, "keys cannot be read; `bridgebot init` and `bridgebot keys new` write one"),
    ],
    ids=[
        "empty",
        "a comment",
        "no key",
        "a key and something else",
        "read by a group",
        "read by all",
        "missing",
    ],
)
def test_key_files(write, tmp_path, keys: str | None, mode: int, expected: str) -> None:
    file = write(SMALL, keys or "")
    (tmp_path / "keys").chmod(mode)
    if keys is None:
        (tmp_path / "keys").unlink()
    (found,) = problems(file)
    assert re.search(f"secret_keys_file: .*{expected}", found), found
    assert "hunter2" not in found.replace(str(tmp_path), "")  # a folder named after the test's arguments


@pytest.mark.parametrize(
    "database", ["postgresql://bot@host/db", "sqlite://", "sqlite:///:memory:", "bot.db"]
)
def test_databases_that_are_not_a_file(write, database: str) -> None:
    (found,) = problems(write(SMALL + f"database: '{database}'\n"))
    assert (
        found == "config.yaml:3:11: database: this must be sqlite:/// and a file name: sqlite:///bridgebot.db"
    )


@pytest.mark.parametrize(
    "url", ["https://", "https://bot.example/path", "https://me@bot.example", "bot.example", "https://[x"]
)
def test_public_addresses_are_origins(write, url: str) -> None:
    (found,) = problems(write(SMALL + f"web: {{public_url: '{url}'}}\n"))
    assert "this must be the address of the site alone" in found


def test_problems_are_told_in_the_language_of_the_file_or_else_of_the_terminal(write) -> None:
    assert problems(write("language: zh-CN\nacces: open\n" + SMALL)) == [
        "config.yaml:2:1: acces: 没有这个选项（您是想写“access”吗？）"
    ]
    assert problems(write("acces: open\n" + SMALL), {"LANG": "zh_CN.UTF-8"})[0].endswith(
        "（您是想写“access”吗？）"
    )


def test_flags_are_named(write) -> None:
    assert problems(write(SMALL), {}, {"web.listen": "x"}) == [
        "--set web.listen: web.listen: this must be host:port, for example 127.0.0.1:8790"
    ]


# --- an adapter's options ----------------------------------------------------------------------


class Talk(AdapterConfig):
    """An adapter's options, of every sort."""

    jid: str
    password: SecretStr
    port: int = Field(default=5222, ge=1, le=65535)
    tls: bool = True
    rooms: tuple[str, ...] = ()
    ca_file: Path | None = None
    nick: str | None = None

    @field_validator("jid")
    @classmethod
    def _jid(cls, value: str) -> str:
        if "@" not in value:
            raise ValueError("a JID has an @")
        return value

    @field_validator("password")
    @classmethod
    def _password(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 4:
            raise ValueError(f"{value.get_secret_value()} is short")
        return value

    @field_validator("nick")
    @classmethod
    def _nick(cls, value: str | None) -> str | None:
        if value == "root":
            raise PydanticCustomError("talk-no-root", "not root")
        return value


def options(folder: Path, **written) -> tuple[Talk | None, list[str]]:
    tree = tree_of({"talk": written})
    own = {"en": ["talk-no-root = not root, please"]}
    found, wrong = validate(Talk, tree, ("adapters", "talk"), folder, own=own)
    return found, [one.sentence(Texts(), "en") for one in wrong]


def test_an_adapters_options(tmp_path) -> None:
    secret(tmp_path / "password", "hunter2\n")
    config, wrong = options(
        tmp_path, jid="bot@example.org", password_file="password", port="5223", tls="false",
        rooms="a@muc, b@muc", ca_file="ca.pem",
    )  # fmt: skip
    assert wrong == []
    assert config == Talk(
        jid="bot@example.org", password=SecretStr("hunter2"), port=5223, tls=False,
        rooms=("a@muc", "b@muc"), ca_file=tmp_path / "ca.pem",
    )  # fmt: skip
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, ["jid: this is needed", "password: this is needed"]),
        ({"jid": None, "password": "hunter2"}, ["jid: this is needed"]),
        ({"jdi": "a@b", "password": "hunter2"}, ['jdi: unknown key (did you mean "jid"?)']),
        (
            {"jid": "a@b", "passwordfile": "x"},
            ['passwordfile: unknown key (did you mean "password_file"?)'],
        ),
        ({"jid": "a", "password": "hunter2"}, ["jid: this does not fit: a JID has an @"]),
        ({"jid": "a@b", "password": "xyz"}, ["password: this does not fit: …"]),
        ({"jid": "a@b", "password": "hunter2", "port": "many"}, ["port: this must be a number"]),
        ({"jid": "a@b", "password": "hunter2", "port": "70000"}, ["port: this must be 65535 or less"]),
        ({"jid": "a@b", "password": "hunter2", "tls": "perhaps"}, ["tls: this must be true or false"]),
        (
            {"jid": "a@b", "password": "hunter2", "rooms": {"a": "b"}},
            ["rooms: this must be a list: [one, two]"],
        ),
        ({"jid": ["a@b"], "password": "hunter2"}, ["jid: this must be a text; put quotes around it"]),
        ({"jid": "a@b", "password": "hunter2", "nick": "root"}, ["nick: not root, please"]),
        (
            {"jid": "a@b", "password": "hunter2", "password_file": "good"},
            ["password_file: password stands beside it; keep one of the two"],
        ),
        ({"jid": "a@b", "password_file": "none"}, ["password_file: none cannot be read"]),
        ({"jid": "a@b", "password_file": "empty"}, ["password_file: empty is empty"]),
        (
            {"jid": "a@b", "password_file": ["good"]},
            ["password_file: this must be a text; put quotes around it"],
        ),
    ],
)
def test_wrong_options_of_an_adapter(tmp_path, written: dict, expected: list[str]) -> None:
    secret(tmp_path / "good", "hunter2")
    secret(tmp_path / "empty", "\n")
    config, wrong = options(tmp_path, **written)
    assert config is None
    assert [line.removeprefix("adapters.talk.") for line in wrong] == expected
    assert "hunter2" not in "".join(wrong)


def test_nothing_here_shows_a_secret(write, tmp_path) -> None:
    settings = load(write("adapters:\n  talk: {use: some_chat, password: hunter2}\n"), {})
    shown = f"{settings!r} {settings.adapters!r}"
    assert "hunter2" not in shown
    assert settings.secret_keys[0] not in shown


# --- the example -------------------------------------------------------------------------------


def test_the_example_is_a_good_configuration(tmp_path) -> None:
    text = EXAMPLE.read_text()
    file = tmp_path / "bridgebot.example.yaml"
    file.write_text(text)
    secret(tmp_path / "keys", new_key())
    for name in re.findall(r"_file: ([a-z-]+)", text):
        if not (tmp_path / name).exists():
            secret(tmp_path / name, "4711:a-secret-for-the-test")  # of a shape that every network takes
    reading = read(file, {})
    prepared = prepare(reading.adapters)
    wrong = [*reading.problems, *(problem for one in prepared for problem in one.wrong)]
    assert [one.sentence(Texts(), "en") for one in wrong] == []


def test_the_example_names_every_option() -> None:
    lines = EXAMPLE.read_text().splitlines()
    told = {match[1] for line in lines if (match := re.match(r"[ #]*([a-z_]+):", line))}
    parts = (CoreOptions, WebOptions, LogOptions, QuotaOptions)
    wanted = {key for part in parts for key in known_keys(part)}
    for one in prepare(read(EXAMPLE, {}).adapters):
        assert one.failure is None, one.failure
        assert one.options is not None
        wanted |= set(known_keys(one.options))
    assert wanted - told == set()


def test_the_example_has_every_adapter() -> None:
    configured = {one.use for one in read(EXAMPLE, {}).adapters}
    assert set(available()) - configured == set()


def test_every_option_in_the_example_has_a_comment() -> None:
    for line in EXAMPLE.read_text().splitlines():
        if re.match(r" +[a-z_]+: \S|[a-z_]+: ", line) and "use:" not in line:
            assert "  # " in line, line


def test_problem_is_a_plain_value() -> None:
    assert Problem.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert os.environ.get("BRIDGEBOT_CONFIG") is None  # the tests must not see this machine's
