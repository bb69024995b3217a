"""`bridgebot init`: four questions, then a configuration, a key file and the secrets in files of their own.

No network is known here by name: what must be asked for a chat network is what its adapter requires,
and whether the answers are right the network says itself, where its adapter can ask it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridgebot.cli import claim
from bridgebot.cli.asking import Check, choose, somebody_is_there, until_well
from bridgebot.cli.reach import Answer, Verdict, ask, is_chat
from bridgebot.cli.template import configuration
from bridgebot.cli.terminal import say_in, tell
from bridgebot.config import Problem, new_key
from bridgebot.config.options import WebOptions
from bridgebot.config.settings import adapter as adapter_settings
from bridgebot.config.tree import Tree
from bridgebot.config.validate import secret_fields, validate
from bridgebot.errors import ConfigError
from bridgebot.loader import Declared, Prepared, declared, prepare
from bridgebot.store.keep import CLAIM_DAYS
from bridgebot.texts import LANGUAGES, Texts, listed, parted

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
    chat: Prepared
    reached: bool  # the chat network knows the bot


@dataclass(frozen=True, slots=True)
class _Chat:
    """The chat network: its adapter and what that requires."""

    prepared: Prepared
    options: Mapping[str, str]  # without secrets
    secrets: Mapping[str, str] = field(repr=False)  # by option
    reached: bool

    @property
    def name(self) -> str:
        return self.prepared.name


@dataclass(frozen=True, slots=True)
class _Answers:
    language: str
    chat: _Chat
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
    chat = answers.chat
    secrets = {folder / f"{chat.name}-{name}": text for name, text in chat.secrets.items()}
    _refuse_existing(list(secrets), answers.language)
    text = configuration(answers.language, answers.public_url, _adapters(answers))
    files = {config: text, keys: f"{new_key()}\n", **{file: f"{one}\n" for file, one in secrets.items()}}
    _write(files, answers.language)
    return Made(config, tuple(files), answers.language, chat.prepared, chat.reached)


def _adapters(answers: _Answers) -> dict[str, dict[str, str]]:
    """What stands under `adapters:`, secrets by the names of their files."""
    chat = answers.chat
    files = {f"{name}_file": f"{chat.name}-{name}" for name in chat.secrets}
    options = {"use": chat.prepared.use, **chat.options, **files}
    return {chat.name: options, **{name: {"use": name} for name in answers.social}}


def address(made: Made, code: str) -> str | None:
    """The link by which somebody becomes the operator, if the chat network has such a thing."""
    if not made.reached:
        return None
    (answer,) = ask([made.chat], made.language, start=code)
    return answer.words if answer.verdict is Verdict.REACHED else None


def next_steps(made: Made, code: str, address: str | None) -> list[str]:
    """What the operator reads at the end: what to keep, what to type, how to take the role."""
    file, language = str(made.config), made.language
    if address:
        last = [say_in(language, "init-next-open", address=address), *claim.opening(address, language)]
    else:
        last = [say_in(language, "init-next-claim", command=f"/start {code}", days=CLAIM_DAYS)]
    return [
        "",
        say_in(language, "init-written", files=listed(language, map(str, made.files))),
        say_in(language, "init-backup"),
        "",
        say_in(language, "init-next-check", command=f"bridgebot check-config --config {file}"),
        say_in(language, "init-next-run", command=f"bridgebot run --config {file}"),
        *last,
    ]


def _ask(given: Given) -> _Answers:
    language = given.language
    if not given.language_chosen:
        language = choose(language, "init-ask-language", LANGUAGES, language)
    known = [one for one in declared(language) if one.problem is None]
    chats = [one.use for one in known if one.chat is not None]
    lasting = [use for use in chats if not _for_trying(_prepared(use, {}))] or chats
    use = given.chat or choose(language, "init-ask-chat", chats, lasting[0] if lasting else "")
    # A module of the operator's own is none of those listed, and may be named all the same.
    if use not in chats and not ("." in use and is_chat(_prepared(use, {}))):
        raise ConfigError(say_in(language, "init-choose", choices=listed(language, chats)))
    chat = _chat(use, given.options, language)
    social = _social(known, given.social, language)
    return _Answers(language, chat, social, _public_url(given.public_url, language))


def _chat(use: str, given: Mapping[str, str], language: str) -> _Chat:
    """The chat network with all that it requires. Credentials that it refuses are asked for again."""
    required = _required(_prepared(use, {}))
    before: Mapping[str, str] = {}
    while True:
        options, secrets = _essentials(use, given, language, before)
        prepared = _prepared(use, {**options, **secrets})
        (answer,) = ask([prepared], language)
        if answer.verdict is not Verdict.REFUSED:
            _tell(answer, language)
            return _Chat(prepared, options, secrets, answer.verdict is Verdict.REACHED)
        if not somebody_is_there():
            raise ConfigError(answer.words)
        tell(f"  {answer.words}")
        before = {name: text for name, text in options.items() if name in required}
        given = {name: text for name, text in given.items() if name not in required}


def _tell(answer: Answer, language: str) -> None:
    """What the network said. An operator may be offline, so no answer is no obstacle."""
    if answer.verdict is Verdict.REACHED:
        tell("  " + say_in(language, "online-well", name=answer.title, address=answer.site))
    elif answer.verdict is Verdict.UNREACHABLE:
        tell(f"  {answer.words}", "  " + say_in(language, "init-unproven", network=answer.title))


def _essentials(
    use: str, given: Mapping[str, str], language: str, before: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The options that this chat network requires, secrets apart; `before` are earlier answers."""
    prepared = _prepared(use, given)
    wrong = [one for one in prepared.wrong if one.key != "config-missing"]
    if wrong:
        raise ConfigError(*(f"--option {one.path[-1]}: {_words([one], language)}" for one in wrong))
    secret = _secrets(prepared)
    _refuse_arguments(secret & given.keys(), language)
    files = {f"{name}_file" for name in secret}
    options = {name: _absolute(text) if name in files else text for name, text in given.items()}
    secrets = dict[str, str]()
    for name in _required(prepared):
        question, check = _question(prepared, name, language), _checked(use, name, language)
        default = before.get(name, "")
        answer = until_well(question, check, language, default=default, hidden=name in secret)
        (secrets if name in secret else options)[name] = answer
    return options, secrets


def _refuse_arguments(secret: AbstractSet[str], language: str) -> None:
    """Everybody on the machine can read the arguments of every process, and a shell keeps them for long."""
    if secret:
        raise ConfigError(
            *(
                f"--option {name}: {say_in(language, 'init-secret-argument', name=name)}"
                for name in sorted(secret)
            )
        )


def _absolute(file: str) -> str:
    """A file that was named from where somebody stands, for a configuration that stands elsewhere."""
    return str(Path(file).expanduser().resolve())


def _checked(use: str, name: str, language: str) -> Check:
    """What is wrong with an answer for this option, in words."""

    def check(answer: str) -> str | None:
        prepared = _prepared(use, {name: answer})
        wrong = [one for one in prepared.wrong if one.path[-1:] == (name,)]
        if wrong and wrong[0].key == "config-wrong" and name in _secrets(prepared):
            return say_in(language, "init-secret-wrong")  # a reason might quote it, so there is none to tell
        return _words(wrong, language)

    return check


def _public_url(given: str | None, language: str) -> str | None:
    def check(answer: str) -> str | None:
        return None if answer == NONE else _words(_wrong_url(answer), language)

    if given is None:
        given = until_well(say_in(language, "init-ask-public-url"), check, language, default=NONE)
    elif problem := check(given):
        raise ConfigError(f"--public-url: {problem}")
    return None if given == NONE else given.rstrip("/")


def _wrong_url(url: str) -> list[Problem]:
    return validate(WebOptions, Tree({"public_url": url}), (), Path())[1]


def _social(known: Sequence[Declared], given: str | None, language: str) -> list[str]:
    uses = [one.use for one in known if one.social is not None]
    lasting = [use for use in uses if _needs_nothing(_prepared(use, {}))]

    def check(answer: str) -> str | None:
        wrong = [one for one in _names(answer) if one not in uses]
        return say_in(language, "init-choose", choices=listed(language, [*uses, NONE])) if wrong else None

    if given is None:
        question = say_in(language, "init-ask-social", choices=listed(language, uses))
        given = until_well(question, check, language, default=listed(language, lasting) or NONE)
    elif problem := check(given):
        raise ConfigError(f"--social: {problem}")
    return _names(given)


def _names(answer: str) -> list[str]:
    return [one for one in parted(answer) if one != NONE]


def _prepared(use: str, options: Mapping[str, str]) -> Prepared:
    return prepare([adapter_settings(use.rpartition(".")[2], use, **options)])[0]


def _for_trying(prepared: Prepared) -> bool:
    return prepared.kind is not None and prepared.kind.for_trying


def _needs_nothing(prepared: Prepared) -> bool:
    """Whether it can be offered just like that: it lasts, and wants nothing of the operator."""
    return prepared.config is not None and not _for_trying(prepared)


def _required(prepared: Prepared) -> list[str]:
    """Options without which the adapter does not work and which are not there yet."""
    return [str(one.path[-1]) for one in prepared.wrong if one.key == "config-missing"]


def _secrets(prepared: Prepared) -> frozenset[str]:
    return frozenset() if prepared.options is None else secret_fields(prepared.options)


def _question(prepared: Prepared, name: str, language: str) -> str:
    """The adapter's own words for an option (`xmpp-option-jid`), else its name."""
    texts, key = Texts(prepared.texts), f"{prepared.name}-option-{name}"
    return texts(language, key) if key in texts else say_in(language, "init-ask-option", name=name)


def _words(problems: Sequence[Problem], language: str) -> str | None:
    return next((one.words(say_in, language) for one in problems), None)


def _refuse_existing(files: Sequence[Path], language: str) -> None:
    there = [str(file) for file in files if file.exists()]
    if there:
        raise ConfigError(say_in(language, "init-exists", files=listed(language, there)))


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
