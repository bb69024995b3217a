"""`bridgebot init`: four questions, then a configuration, a key file and the secrets in files of their own.

No network is known here by name: what must be asked for a chat network is what its adapter requires.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridgebot.cli.template import configuration
from bridgebot.cli.terminal import say_in, tell
from bridgebot.config import Problem, new_key
from bridgebot.config.options import WebOptions
from bridgebot.config.settings import adapter as adapter_settings
from bridgebot.config.tree import Tree
from bridgebot.config.validate import secret_fields, validate
from bridgebot.errors import ConfigError
from bridgebot.loader import Declared, Prepared, declared, prepare
from bridgebot.texts import LANGUAGES, Texts

NONE = "none"


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line already answers; None is asked."""

    language: str
    language_chosen: bool
    chat: str | None
    options: Mapping[str, str] = field(repr=False)
    social: str | None
    public_url: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    config: Path
    files: tuple[Path, ...]
    language: str


@dataclass(frozen=True, slots=True)
class _Answers:
    language: str
    chat: str
    options: Mapping[str, str]  # without secrets
    secrets: Mapping[str, str] = field(repr=False)  # by option
    social: Sequence[str]
    public_url: str | None


def ask_and_write(config: Path, given: Given) -> Made:
    """Ask what `given` leaves open and write everything beside `config`, for the owner's eyes only.

    Raises ConfigError if something is in the way or no answer comes; then nothing is written.
    """
    folder = config.resolve().parent
    keys = folder / "keys"
    _refuse_existing([config, keys], given.language)
    answers = _ask(given)
    secrets = {folder / f"{answers.chat}-{name}": text for name, text in answers.secrets.items()}
    _refuse_existing(list(secrets), answers.language)
    options = dict(answers.options)
    options |= {f"{name}_file": f"{answers.chat}-{name}" for name in answers.secrets}
    adapters = {answers.chat: options, **{name: {} for name in answers.social}}
    text = configuration(answers.language, answers.public_url, adapters)
    files = {config: text, keys: f"{new_key()}\n", **{file: f"{one}\n" for file, one in secrets.items()}}
    _write(files, answers.language)
    return Made(config, tuple(files), answers.language)


def next_steps(made: Made, code: str) -> list[str]:
    """What the operator reads at the end: what to keep, what to type, how to take the role."""
    file = str(made.config)
    return [
        "",
        say_in(made.language, "init-written", files=", ".join(str(one) for one in made.files)),
        say_in(made.language, "init-backup"),
        "",
        say_in(made.language, "init-next-check", command=f"bridgebot check-config --config {file}"),
        say_in(made.language, "init-next-run", command=f"bridgebot run --config {file}"),
        say_in(made.language, "init-next-claim", command=f"/start {code}"),
    ]


def _ask(given: Given) -> _Answers:
    language = given.language
    if not given.language_chosen:
        language = _choose(language, "init-ask-language", LANGUAGES, language)
    known = [one for one in declared(language) if one.problem is None]
    chats = [one.use for one in known if one.chat is not None]
    # What requires something of the operator is a network; what requires nothing is this terminal.
    networks = [use for use in chats if _required(_prepared(use, {}))] or chats
    chat = given.chat or _choose(language, "init-ask-chat", chats, networks[0] if networks else "")
    if chat not in chats:
        raise ConfigError(say_in(language, "init-choose", choices=", ".join(chats)))
    options, secrets = _essentials(chat, given.options, language)
    social = _social(known, given.social, language)
    return _Answers(language, chat, options, secrets, social, _public_url(given.public_url, language))


def _essentials(chat: str, given: Mapping[str, str], language: str) -> tuple[dict[str, str], dict[str, str]]:
    """The options that this chat network requires, secrets apart."""
    prepared = _prepared(chat, given)
    if prepared.kind is None:
        raise ConfigError(say_in(language, "init-choose", choices=chat))
    wrong = [one for one in prepared.wrong if one.key != "config-missing"]
    if wrong:
        raise ConfigError(*(f"--option {one.path[-1]}: {_words([one], language)}" for one in wrong))
    secret = _secrets(prepared)
    options, secrets = dict(given), dict[str, str]()
    for name in _required(prepared):
        ask = _question(chat, name, prepared, language)
        answer = _until_well(ask, _checked(chat, name, language), language, hidden=name in secret)
        (secrets if name in secret else options)[name] = answer
    for name in secret & options.keys():  # given as a flag: it belongs into a file all the same
        secrets[name] = options.pop(name)
    return options, secrets


def _checked(chat: str, name: str, language: str) -> Callable[[str], str | None]:
    """What is wrong with an answer for this option, in words."""

    def check(answer: str) -> str | None:
        wrong = [one for one in _prepared(chat, {name: answer}).wrong if one.path[-1:] == (name,)]
        return _words(wrong, language)

    return check


def _public_url(given: str | None, language: str) -> str | None:
    def check(answer: str) -> str | None:
        return None if answer == NONE else _words(_wrong_url(answer), language)

    if given is None:
        given = _until_well(say_in(language, "init-ask-public-url"), check, language, default=NONE)
    elif problem := check(given):
        raise ConfigError(f"--public-url: {problem}")
    return None if given == NONE else given.rstrip("/")


def _wrong_url(url: str) -> list[Problem]:
    return validate(WebOptions, Tree({"public_url": url}), (), Path())[1]


def _social(known: Sequence[Declared], given: str | None, language: str) -> list[str]:
    uses = [one.use for one in known if one.social is not None]
    # By default those that keep their posts: what forgets everything at a restart is for trying out.
    lasting = [use for use in uses if _prepared(use, {}).migrations is not None]

    def check(answer: str) -> str | None:
        wrong = [one for one in _names(answer) if one not in uses]
        return say_in(language, "init-choose", choices=", ".join([*uses, NONE])) if wrong else None

    if given is None:
        question = say_in(language, "init-ask-social", choices=", ".join(uses))
        given = _until_well(question, check, language, default=", ".join(lasting) or NONE)
    elif problem := check(given):
        raise ConfigError(f"--social: {problem}")
    return _names(given)


def _names(answer: str) -> list[str]:
    found = [one.strip() for one in answer.replace("，", ",").split(",")]
    return [one for one in found if one and one != NONE]


def _prepared(use: str, options: Mapping[str, str]) -> Prepared:
    return prepare([adapter_settings(use, use, **options)])[0]


def _required(prepared: Prepared) -> list[str]:
    """Options without which the adapter does not work and which are not there yet."""
    return [str(one.path[-1]) for one in prepared.wrong if one.key == "config-missing"]


def _secrets(prepared: Prepared) -> frozenset[str]:
    return frozenset() if prepared.options is None else secret_fields(prepared.options)


def _question(chat: str, name: str, prepared: Prepared, language: str) -> str:
    """The adapter's own words for an option (`xmpp-option-jid`), else its name."""
    texts, key = Texts(prepared.texts), f"{chat}-option-{name}"
    return texts(language, key) if key in texts else say_in(language, "init-ask-option", name=name)


def _words(problems: Sequence[Problem], language: str) -> str | None:
    return next((say_in(language, one.key, **one.arguments) for one in problems), None)


def _choose(language: str, key: str, choices: Sequence[str], default: str) -> str:
    def check(answer: str) -> str | None:
        return None if answer in choices else say_in(language, "init-choose", choices=", ".join(choices))

    question = say_in(language, key, choices=", ".join(choices))
    return _until_well(question, check, language, default=default)


def _until_well(
    question: str,
    check: Callable[[str], str | None],
    language: str,
    *,
    default: str = "",
    hidden: bool = False,
) -> str:
    """Ask until the answer will do; an empty one is the default."""
    while True:
        answer = _line(f"{question} [{default}] " if default else f"{question} ", hidden, language) or default
        problem = check(answer) if answer else say_in(language, "config-missing")
        if problem is None:
            return answer
        tell(f"  {problem}")


def _line(prompt: str, hidden: bool, language: str) -> str:
    if hidden and sys.stdin.isatty():
        return getpass.getpass(prompt).strip()
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        tell("")
    if not line:
        raise ConfigError(say_in(language, "init-no-answer", question=prompt.strip()))
    return line.strip()


def _refuse_existing(files: Sequence[Path], language: str) -> None:
    there = [str(file) for file in files if file.exists()]
    if there:
        raise ConfigError(say_in(language, "init-exists", files=", ".join(there)))


def _write(files: Mapping[Path, str], language: str) -> None:
    """All of them or none, each readable for its owner alone from the first moment on."""
    written: list[Path] = []
    try:
        for file, text in files.items():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(file)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
    except OSError as error:
        for file in written:
            file.unlink()
        words: dict[str, Any] = {"file": str(error.filename or ""), "error": error.strerror or "?"}
        raise ConfigError(say_in(language, "init-cannot-write", **words)) from error
