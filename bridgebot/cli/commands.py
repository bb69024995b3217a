"""The commands, one short function each."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from bridgebot.cli import operators, show
from bridgebot.cli.options import FILE as _FILE
from bridgebot.cli.options import ConfigFile, Flags, Json
from bridgebot.cli.options import app as _app
from bridgebot.cli.terminal import (
    LANGUAGE,
    complain,
    late,
    pairs,
    reread,
    run,
    say,
    say_in,
    settings,
    tell,
    tell_json,
)
from bridgebot.texts import listed

Online = Annotated[bool, Parameter(name="--online", negative="", help=say("cli-option-online"))]
Language = Annotated[
    Literal["en", "zh-CN"] | None, Parameter(name=("--lang", "--language"), help=say("cli-option-language"))
]

app = _app("bridgebot", "cli-help")
adapters = _app("adapters", "cli-help-adapters")
database = _app("db", "cli-help-db")
queue = _app("queue", "cli-help-queue")
keys = _app("keys", "cli-help-keys")
app.command(adapters)
app.command(database)
app.command(queue)
app.command(keys)
app.command(operators.users)
app.command(operators.audit)
app.command(operators.stats, name="stats", help=say("cli-help-stats"))


@app.command(help=say("cli-help-init"))
def init(
    *,
    config: ConfigFile = _FILE,
    language: Language = None,
    chat: Annotated[str | None, Parameter(help=say("cli-option-chat"))] = None,
    option: Annotated[
        list[str] | None, Parameter(negative="", metavar="NAME=VALUE", help=say("cli-option-option"))
    ] = None,
    social: Annotated[str | None, Parameter(help=say("cli-option-social"))] = None,
    public_url: Annotated[str | None, Parameter(help=say("cli-option-public-url"))] = None,
    json: Json = False,
) -> int:
    init = late("bridgebot.cli.init")
    late("bridgebot.log").configure(level="error")
    given = init.Given(language or LANGUAGE, language is not None, chat, pairs(option), social, public_url)
    with contextlib.redirect_stdout(sys.stderr) if json else contextlib.nullcontext():
        made = init.ask_and_write(config, given)
    code = run(late("bridgebot.beside").create_claim(settings(config, None)))
    address = init.address(made, code)
    if json:
        files = [str(file) for file in made.files]
        tell_json({"config": str(config), "files": files, "claim": code, "address": address})
    else:
        tell(*init.next_steps(made, code, address))
    return 0


@app.command(help=say("cli-help-demo"))
def demo(
    *,
    language: Language = None,
    script: Annotated[Path | None, Parameter(help=say("cli-option-script"))] = None,
) -> int:
    late("bridgebot.log").configure(level="error")
    code = run(late("bridgebot.demo").run(language=language or LANGUAGE, script=script))
    return int(code or 0)


@app.command(name="run", help=say("cli-help-run"))
def run_(*, config: ConfigFile = _FILE, set_: Flags = None) -> int:
    chosen = settings(config, set_)
    return int(run(late("bridgebot.app").run(chosen, lambda: reread(config, set_))) or 0)


@app.command(help=say("cli-help-claim"))
def claim(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    chosen = settings(config, set_)
    prepared = late("bridgebot.loader").prepare(chosen.adapters)
    code = run(late("bridgebot.beside").create_claim(chosen))
    reach = late("bridgebot.cli.reach")
    answers = reach.ask(prepared, chosen.language, start=code, public_url=chosen.web.public_url)
    if json:
        reached = [one for one in answers if one.verdict is reach.Verdict.REACHED]
        tell_json({"claim": code, "addresses": {one.name: one.words for one in reached}})
    else:
        tell(*late("bridgebot.cli.claim").lines(code, answers, chosen.language))
    return 0


@app.command(help=say("cli-help-check-config"))
def check_config(
    *, config: ConfigFile = _FILE, set_: Flags = None, online: Online = False, json: Json = False
) -> int:
    reading = late("bridgebot.config").read(config, os.environ, pairs(set_))
    prepared = late("bridgebot.loader").prepare(reading.adapters)
    failed = [one.failure for one in prepared if one.failure is not None]
    problems = [*reading.problems, *(wrong for one in prepared for wrong in one.wrong), *failed]
    answers: tuple[Any, ...] = ()
    if online and not problems:
        late("bridgebot.log").configure(level="error")
        answers = late("bridgebot.cli.reach").ask(prepared, reading.language)
    if json:
        found = show.problems(problems, reading.language)
        tell_json(found | {"online": [show.answer(one) for one in answers]} if online else found)
    elif problems:
        complain(*late("bridgebot.config").error(problems, reading.language).problems)
    else:
        names = listed(reading.language, (one.name for one in reading.adapters))
        tell(say_in(reading.language, "cli-config-well", file=str(config), names=names))
        show.online(answers, reading.language)
    return 78 if problems else show.code(answers)


@app.command(help=say("cli-help-status"))
def status(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    found = run(late("bridgebot.beside").status(settings(config, set_)))
    tell_json(found) if json else tell(*show.lines(found))
    return 0


@adapters.command(name="list", help=say("cli-help-adapters-list"))
def list_(*, json: Json = False) -> int:
    declared = late("bridgebot.loader").declared(LANGUAGE)
    tell_json([show.adapter(one) for one in declared]) if json else tell(*show.adapters(declared))
    return 0


@adapters.command(help=say("cli-help-adapters-new"))
def new(
    name: Annotated[str, Parameter(help=say("cli-option-name"))],
    *,
    kind: Annotated[Literal["chat", "social"], Parameter(help=say("cli-option-kind"))] = "social",
    directory: Annotated[Path, Parameter(help=say("cli-option-directory"))] = Path(),
    json: Json = False,
) -> int:
    files = late("bridgebot.scaffold").new(name, kind, directory)
    if json:
        tell_json([str(file) for file in files])
        return 0
    module = ".".join([*directory.parts[-1:], name])
    tell(*(str(file) for file in files), say("cli-scaffolded", command=f"bridgebot adapters check {module}"))
    return 0


@adapters.command(help=say("cli-help-adapters-check"))
def check(
    module: Annotated[str, Parameter(help=say("cli-option-module"))],
    *,
    json: Json = False,
) -> int:
    with contextlib.redirect_stdout(sys.stderr) if json else contextlib.nullcontext():
        code = int(late("bridgebot.scaffold").check(module))
    if json:
        tell_json({"module": module, "passed": code == 0})
    return code


@database.command(help=say("cli-help-db-upgrade"))
def upgrade(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    chosen = settings(config, set_)
    kept = run(late("bridgebot.beside").upgrade(chosen))
    file = str(chosen.database_path)
    if json:
        tell_json({"database": file, "kept": str(kept) if kept else None})
    else:
        tell(*([say("cli-kept", file=str(kept))] if kept else []), say("cli-upgraded", file=file))
    return 0


@app.command(help=say("cli-help-backup"))
def backup(
    file: Annotated[Path, Parameter(help=say("cli-option-backup"))],
    *,
    config: ConfigFile = _FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    made = late("bridgebot.cli.copies").back_up(settings(config, set_), file)
    tell_json(made.facts) if json else tell(*made.lines)
    return 0


@app.command(help=say("cli-help-restore"))
def restore(
    file: Annotated[Path, Parameter(help=say("cli-option-restore"))],
    *,
    config: ConfigFile = _FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    made = late("bridgebot.cli.copies").put_back(settings(config, set_), file)
    tell_json(made.facts) if json else tell(*made.lines)
    return 0


@app.command(help=say("cli-help-export"))
def export(
    user: Annotated[int, Parameter(help=say("cli-option-export-user"))],
    file: Annotated[Path, Parameter(help=say("cli-option-export-file"))],
    *,
    config: ConfigFile = _FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    written = run(late("bridgebot.cli.takeout").write(settings(config, set_), user, file))
    if json:
        tell_json({"user": user, "file": str(file) if written else None})
    elif written:
        tell(say("cli-exported", file=str(file)))
    else:
        complain(say("cli-export-none", user=user))
    return 0 if written else 1


@queue.command(name="list", help=say("cli-help-queue-list"))
def queue_list(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    found = run(late("bridgebot.beside").status(settings(config, set_)))
    names = ("queue", "oldest_open_seconds", "held", "stuck")
    chosen = {name: found[name] for name in names if name in found}
    tell_json(chosen) if json else tell(*late("bridgebot.cli.queue").lines(chosen))
    return 0


@queue.command(name="retry", help=say("cli-help-queue-retry"))
def queue_retry(
    number: Annotated[str, Parameter(help=say("cli-option-numbers-or-all"))],
    /,
    *more: Annotated[str, Parameter(help=say("cli-option-numbers"))],
    config: ConfigFile = _FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    return _queue("retry", (number, *more), config, set_, json)


@queue.command(name="drop", help=say("cli-help-queue-drop"))
def queue_drop(
    number: Annotated[str, Parameter(help=say("cli-option-numbers"))],
    /,
    *more: Annotated[str, Parameter(help=say("cli-option-numbers"))],
    config: ConfigFile = _FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    return _queue("drop", (number, *more), config, set_, json)


def _queue(what: str, numbers: tuple[str, ...], config: Path, flags: list[str] | None, json: bool) -> int:
    """1 if something named is not there, or may not be sent again unasked."""
    module = late("bridgebot.cli.queue")
    done = run(module.act(settings(config, flags), what, numbers))
    well = f"cli-queue-{what}"
    if json:
        tell_json({number: key.removeprefix("cli-queue-") for number, key in done.items()})
    else:
        tell(*module.told(done))
    return 0 if all(key == well for key in done.values()) else 1


@keys.command(name="status", help=say("cli-help-keys-status"))
def keys_status(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    found = late("bridgebot.cli.keys").status(settings(config, set_))
    tell_json(found.facts) if json else tell(*found.lines)
    return 78 if found.facts["lost"] else 0


@keys.command(name="new", help=say("cli-help-keys-new"))
def keys_new(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    made = late("bridgebot.cli.keys").new(config, pairs(set_))
    tell_json(made.facts) if json else tell(*made.lines)
    return 0


@keys.command(name="rotate", help=say("cli-help-keys-rotate"))
def keys_rotate(
    *,
    drop: Annotated[bool, Parameter(name="--drop", negative="", help=say("cli-option-drop"))] = False,
    config: ConfigFile = _FILE,
    set_: Flags = None,
    json: Json = False,
) -> int:
    made = run(late("bridgebot.cli.keys").rotate(settings(config, set_), drop_old=drop))
    tell_json(made.facts) if json else tell(*made.lines)
    return 0


@keys.command(name="drop", help=say("cli-help-keys-drop"))
def keys_drop(*, config: ConfigFile = _FILE, set_: Flags = None, json: Json = False) -> int:
    made = run(late("bridgebot.cli.keys").drop(settings(config, set_)))
    tell_json(made.facts) if json else tell(*made.lines)
    return 0
