"""Writes anew the parts of the documents that are made from the code: `python -m tests.record`.

Such a part stands between two comments, `<!-- made: NAME -->` and `<!-- end: NAME -->`. test_docs.py
compares each with what this module makes; what stands outside the comments is written by hand.
"""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

from bridgebot.adapter import Network
from bridgebot.commands import COMMANDS
from bridgebot.commands.grammar import WORDS, Word
from bridgebot.config.options import WebOptions
from bridgebot.flow.audiences import TABLE, may_enter, on_word, refusal
from bridgebot.loader import Declared, declared
from bridgebot.model import Audience
from bridgebot.texts import Texts
from tests.crash import tally

ROOT = Path(__file__).parents[1]
README, COMMANDS_PAGE, ARCHITECTURE, DELIVERY = (
    ROOT / name for name in ("README.md", "docs/commands.md", "docs/architecture.md", "docs/delivery.md")
)
AUDIENCE = ROOT / "docs" / "audience.md"
PORT = WebOptions.model_fields["listen"].default.rpartition(":")[2]

# Where a command stands on its page; one that is named nowhere stands under "More".
GROUPS = {
    "Start": "start help tour cancel status settings language timezone pause resume held",
    "Accounts": "join link accounts default unlink relink signin",
    "Posting": "post to cw vis poll schedule scheduled dm memo memos share",
    "A post": "reply quote vote fav unfav boost unboost edit del undo redo retry history url thread",
    "People": "whois get follow unfollow requests approve reject lock report",
    "Timelines and routes": "home mentions tag feed opml read mirror sync routes filter on off digest",
    "You": "export forget privacy",
    "Groups": "here grant grants revoke draft drafts",
    "Operators": "invite admin",
}


# --- the parts ---------------------------------------------------------------------------------


def session(typed: list[str], language: str) -> str:
    """What `bridgebot demo --script` prints when these lines are typed, with the usual port."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as script:
        script.write("\n".join(typed))
        script.flush()
        command = [sys.executable, "-m", "bridgebot", "demo", "--language", language, "--script", script.name]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120
        )
    failed = Texts()(language, "message-failed", number=0).partition("0")[0]
    if done.returncode != 0 or failed in done.stdout:
        last = "\n".join(done.stderr.splitlines()[-3:])
        raise RuntimeError(f"the demo failed, exit code {done.returncode}:\n{done.stdout}{last}")
    return re.sub(r"(http://127\.0\.0\.1):\d+", rf"\1:{PORT}", done.stdout).rstrip("\n")


def _session(part: str, language: str) -> Callable[[], str]:
    """A session is recorded from the lines that its own last record shows as typed."""

    def make() -> str:
        lines = written(README, part).splitlines()
        typed = [line.removeprefix("you").strip() for line in lines if line.startswith("you ")]
        return f"```text\n{session(typed, language)}\n```"

    return make


def networks() -> str:
    """One row for each adapter that there is, as it declares itself."""
    rows = [_network(one) for one in declared("en")]
    head = "| network | `use:` | is a | length | can | reads | if no answer came |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- | --- |", *rows])


def _network(one: Declared) -> str:
    able = one.chat or one.social
    if able is None:
        raise RuntimeError(f"{one.use}: {one.problem}")
    fields = [field.name for field in dataclasses.fields(able)]
    names = [name for name in fields if getattr(able, name) is True or (name == "shows" and able.shows)]
    can = ", ".join(name.replace("_", " ") for name in names if name != "needs_connection")
    reads = ", ".join(sorted(one.social.timelines)) if one.social else "what people write"
    length = f"{able.limits.max_length} {able.limits.unit}"
    kind = "chat" if one.chat else "microblog"
    cells = (one.title, f"`{one.use}`", kind, length, can or "send", reads, able.on_unconfirmed)
    return f"| {' | '.join(cells)} |"


def commands() -> str:
    """Every command, by groups, in both languages."""
    texts = Texts()
    words = {word.name: word for word in WORDS}
    grouped = {title: names.split() for title, names in GROUPS.items()}
    named = {name for names in grouped.values() for name in names}
    grouped["More"] = [name for name in COMMANDS if name not in named]
    lines: list[str] = []
    for title, names in grouped.items():
        rows = [_command(words[name], texts) for name in names]
        if rows:
            head = "| command | what it does | 作用 | also | 也可以写 | where |"
            lines += [f"### {title}", "", head, "| --- | --- | --- | --- | --- | --- |", *rows, ""]
    return "\n".join(lines).rstrip("\n")


def _command(word: Word, texts: Texts) -> str:
    helps = [texts(language, f"help-{word.name}").replace("|", "\\|") for language in ("en", "zh-CN")]
    english = " ".join(f"`{alias}`" for alias in word.english)
    chinese = " ".join(f"`{alias}`" for alias in (*word.chinese, *word.pinyin))
    where = "direct, groups" if COMMANDS[word.name].groups else "direct"
    return f"| `/{word.name}` | {' | '.join(helps)} | {english} | {chinese} | {where} |"


def layers() -> str:
    """The layers of the core as the import checker enforces them, the upper ones first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    found = next(one["layers"] for one in contracts if one["type"] == "layers")
    return "\n".join(["```text", *found, "```"])


def audiences() -> str:
    """What becomes of each audience by what a place declares."""
    texts = Texts()
    head = ("a post is", "a network that has it", "one that has not", "there, if you say so", "by a rule")
    lines = [f"| {' | '.join([*head, 'your own chats', 'a group or channel'])} |", "| --- " * 7 + "|"]
    rules = {"carried": "yes", "asked for": "if the rule names it", "never": "never"}
    for audience, row in TABLE.items():
        chats = ["shown" if may_enter(audience, direct=own) else "never" for own in (True, False)]
        cells = (
            f"**{audience}**",
            audience.value,
            f"left out: *{texts('en', row.missing)}*",
            row.on_word.value if row.on_word is not None else "–",
            rules[row.by_rule],
        )
        lines.append(f"| {' | '.join([*cells, *chats])} |")
    return "\n".join(lines)


def audiences_by_network() -> str:
    """The same for each network that there is, as it declares itself."""
    shown = [one for one in declared("en") if one.social is not None]
    lines = [
        f"| {' | '.join(['network', *(a.value for a in Audience), 'a warning', 'an answer'])} |",
        "| --- " * (len(Audience) + 3) + "|",
    ]
    for one in shown:
        network = Network(one.use, one.title, social=one.social)
        stands = [_stands(audience, network) for audience in Audience]
        warned, answers = (refusal(Audience.PUBLIC, way, not way, network) is None for way in (True, False))
        more = ["kept" if able else "left out" for able in (warned, answers)]
        lines.append(f"| {' | '.join([one.title, *stands, *more])} |")
    return "\n".join(lines)


def _stands(audience: Audience, network: Network) -> str:
    if refusal(audience, False, False, network) is None:
        return audience.value
    said = on_word(audience, network)
    return f"left out, or {said.value} if you say so" if said is not None else "left out"


PARTS: dict[tuple[Path, str], Callable[[], str]] = {
    (README, "networks"): networks,
    (COMMANDS_PAGE, "commands"): commands,
    (ARCHITECTURE, "layers"): layers,
    (DELIVERY, "kills"): tally.table,
    (AUDIENCE, "audiences"): audiences,
    (AUDIENCE, "audiences-by-network"): audiences_by_network,
    (README, "session"): _session("session", "en"),
    (README, "session-zh"): _session("session-zh", "zh-CN"),
}


# --- reading and writing them ------------------------------------------------------------------


def _between(part: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- made: {part} -->\n)(.*?)(<!-- end: {part} -->)", re.DOTALL)


def written(file: Path, part: str) -> str:
    """A part as it stands in its document now."""
    found = _between(part).search(file.read_text("utf-8"))
    if found is None:
        raise LookupError(f"{file.name} has no part {part}")
    return found.group(2).removesuffix("\n")


def main() -> None:
    """Make every part and write what changed."""
    for (file, part), make in PARTS.items():
        made = make()
        if made == written(file, part):
            continue
        text = file.read_text("utf-8")
        file.write_text(_between(part).sub(lambda m, new=made: m[1] + new + "\n" + m[3], text), "utf-8")
        sys.stdout.write(f"{file.relative_to(ROOT)}: {part}\n")


if __name__ == "__main__":
    main()
