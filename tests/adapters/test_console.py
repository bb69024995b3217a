"""The console keeps the contract, and is a terminal that people can use."""

import asyncio
import contextlib
import fcntl
import io
import os
import pty
import struct
import termios

import pytest
from pydantic import ValidationError

from adapters import console
from bridgebot.errors import ConfigError, StoreError, Temporary
from bridgebot.model import Chat, OutgoingMessage
from bridgebot.testing.chat import ChatAdapterContract, Heard
from bridgebot.testing.context import house
from bridgebot.testing.contract import TEXTS

YOU = Chat("you", direct=True)


class Desk:
    """Ada sits at the terminal; what is on its screen, everybody can read."""

    failures = frozenset()
    secrets = ()

    def __init__(self, source=None):
        self.terminal = console.Terminal(source or io.StringIO(), io.StringIO(), {})

    async def say(self, text, *, sender="ada", group=False, reply_to=None, addressed=True):
        self.terminal.put(sender, text)
        return ""

    async def heard(self, chat):
        label = "bot   " if chat.id == "ada" else f"bot to {chat.id} "
        said = [block for block in blocks(self.terminal.target.getvalue()) if block.startswith("bot")]
        ids = [f"{self.terminal.token}-out{number}" for number in range(1, len(said) + 1)]
        return [
            Heard(id, block.removeprefix(label))
            for id, block in zip(ids, said, strict=True)
            if block.startswith(label)
        ]


def blocks(screen):
    """What stands on a screen, message by message: further lines of one begin with six spaces."""
    found = []
    for line in screen.split("\n")[:-1]:
        if line.startswith(" " * 6):
            found[-1] += "\n" + line[6:]
        else:
            found.append(line)
    return found


class PipedDesk(Desk):
    """What Ada writes comes through a pipe; others have their lines fed."""

    def __init__(self, source, writing):
        super().__init__(source)
        self.writing = writing

    async def say(self, text, *, sender="ada", **more):
        if sender != "ada":
            return await super().say(text, sender=sender)
        os.write(self.writing, f"{text}\n".encode())
        return ""


class TestFed(ChatAdapterContract):
    module = console

    @contextlib.asynccontextmanager
    async def remote(self):
        yield Desk()

    def config(self, remote):
        return {"person": "ada", "input": False}

    def adapter(self, context, remote):
        adapter = super().adapter(context, remote)
        adapter.terminal = remote.terminal
        return adapter


class TestPiped(TestFed):
    texts = tuple(text for text in TEXTS if "\n" not in text)  # a line is a line

    @contextlib.asynccontextmanager
    async def remote(self):
        reading, writing = os.pipe()
        with os.fdopen(reading) as source, os.fdopen(writing, "wb"):
            yield PipedDesk(source, writing)

    def config(self, remote):
        return {"person": "ada"}


# --- one terminal, closer ---


class Taken:
    """A `Receive` that keeps what it is given."""

    def __init__(self):
        self.messages = []

    async def __call__(self, thing, *, state=None):
        self.messages.append(thing)

    @property
    def texts(self):
        return [message.text for message in self.messages]


@contextlib.asynccontextmanager
async def sitting(terminal, **config):
    """The adapter at a terminal, running; what it hands in."""
    async with house(console) as context:
        adapter = console.Adapter(console.Config(**config), context)
        adapter.terminal, taken = terminal, Taken()
        run = asyncio.create_task(adapter.run(taken))
        try:
            yield adapter, taken, run
        finally:
            run.cancel()
            await asyncio.wait([run])


async def until(true):
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.005)


async def test_transcript_is_aligned():
    terminal = console.Terminal(io.StringIO(), io.StringIO(), {})
    async with sitting(terminal, input=False) as (adapter, taken, _):
        await adapter.send(YOU, OutgoingMessage("Hi!\nType something."))
        await adapter.feed("hello from\nmy terminal")
        await adapter.send(YOU, OutgoingMessage("#2k7 public ✓ Plaza"))
    assert terminal.target.getvalue() == (
        "bot   Hi!\n      Type something.\nyou   hello from\n      my terminal\nbot   #2k7 public ✓ Plaza\n"
    )
    assert taken.texts == ["hello from\nmy terminal"]


async def test_feed_returns_after_the_commit():
    terminal = console.Terminal(io.StringIO(), io.StringIO(), {})
    gate = asyncio.Event()
    async with sitting(terminal, input=False) as (adapter, taken, _):
        original = taken.__call__
        async with house(console) as context:
            slow = console.Adapter(adapter.config, context)
            slow.terminal = console.Terminal(io.StringIO(), io.StringIO(), {})

            async def receive(thing, *, state=None):
                await gate.wait()
                await original(thing)

            run = asyncio.create_task(slow.run(receive))
            fed = asyncio.create_task(slow.feed("one"))
            await until(lambda: "one" in slow.terminal.target.getvalue())
            assert not fed.done()
            gate.set()
            await asyncio.wait_for(fed, 60)
            assert taken.texts == ["one"]
            run.cancel()
            await asyncio.wait([run])


async def test_a_file_is_read_to_its_end(tmp_path):
    script = tmp_path / "script"
    script.write_bytes("one\r\n\n  \n二\n/undo".encode())
    with script.open() as source:
        async with sitting(console.Terminal(source, io.StringIO(), {})) as (adapter, taken, run):
            await asyncio.wait_for(adapter.closed.wait(), 60)
            await until(lambda: len(taken.texts) == 3)
            assert taken.texts == ["one", "二", "/undo"]
            await adapter.feed("still here")
            assert taken.texts[-1] == "still here"
            assert not run.done()


async def test_a_character_may_come_in_two_pieces():
    reading, writing = os.pipe()
    with os.fdopen(reading) as source, os.fdopen(writing, "wb", 0) as keyboard:
        async with sitting(console.Terminal(source, io.StringIO(), {})) as (_, taken, _run):
            word = "你好\n".encode()
            keyboard.write(word[:2])
            await asyncio.sleep(0.05)
            keyboard.write(word[2:] + b"\xff!\n")
            await until(lambda: len(taken.texts) == 2)
            assert taken.texts == ["你好", "\ufffd!"]


async def test_a_line_that_was_not_committed_comes_again_after_the_failure():
    terminal = console.Terminal(io.StringIO(), io.StringIO(), {})
    async with house(console) as context:
        adapter = console.Adapter(console.Config(input=False), context)
        adapter.terminal = terminal

        async def refuse(thing, *, state=None):
            raise StoreError("full")

        terminal.put("you", "keep me")
        with pytest.raises(StoreError):
            await asyncio.wait_for(adapter.run(refuse), 60)
        taken = Taken()
        run = asyncio.create_task(adapter.run(taken))
        await until(lambda: taken.texts)
        run.cancel()
        await asyncio.wait([run])
    assert taken.texts == ["keep me"]
    assert terminal.target.getvalue() == "you   keep me\n"


async def test_control_characters_do_not_act():
    terminal = console.Terminal(io.StringIO(), io.StringIO(), {})
    async with sitting(terminal, input=False) as (adapter, _, _run):
        await adapter.send(YOU, OutgoingMessage("\x1b[2Jgone\rbot\x07\x9b31m\tok"))
    assert terminal.target.getvalue() == "bot   ␛[2Jgone␍bot␇\ufffd31m\tok\n"


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("colour", "screen", "environment", "coloured"),
    [
        ("auto", Screen, {"TERM": "xterm"}, True),
        ("auto", Screen, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ("auto", Screen, {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("auto", Screen, {"TERM": "dumb"}, False),
        ("auto", io.StringIO, {"TERM": "xterm"}, False),
        ("always", io.StringIO, {"NO_COLOR": "1"}, True),
        ("never", Screen, {"TERM": "xterm"}, False),
    ],
)
async def test_colours(colour, screen, environment, coloured):
    terminal = console.Terminal(io.StringIO(), screen(), environment)
    async with sitting(terminal, input=False, colour=colour) as (adapter, _, _run):
        await adapter.send(YOU, OutgoingMessage("hello"))
    plain = terminal.target.getvalue().replace("\x1b[36m", "").replace("\x1b[0m", "")
    assert plain == "bot   hello\n"
    assert ("\x1b" in terminal.target.getvalue()) == coloured


async def test_a_closed_screen_closes_the_conversation():
    reading, writing = os.pipe()
    os.close(reading)
    target = os.fdopen(writing, "w")
    async with sitting(console.Terminal(io.StringIO(), target, {}), input=False) as (adapter, _, _run):
        with pytest.raises(Temporary):
            await adapter.send(YOU, OutgoingMessage("anybody?"))
        assert adapter.closed.is_set()
    with contextlib.suppress(OSError):
        target.close()


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW@radical"}, "zh-TW"),
        ({"LC_ALL": "", "LC_MESSAGES": "POSIX", "LANG": "zh_CN"}, None),
    ],
)
async def test_the_language_is_that_of_the_process(environment, language):
    terminal = console.Terminal(io.StringIO(), io.StringIO(), environment)
    async with sitting(terminal, input=False) as (adapter, taken, _):
        await adapter.feed("hi")
    assert taken.messages[0].sender.language == language


def test_configuration():
    assert console.Config().colour == "auto"
    for wrong in ({"colour": "yes"}, {"colours": "never"}):
        with pytest.raises(ValidationError):
            console.Config(**wrong)


# --- with a keyboard and a screen ---


class Keyboard:
    """The other end of a pseudo terminal: keys go in, the screen comes out."""

    def __init__(self):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.source, self.target = os.fdopen(os.dup(slave)), os.fdopen(slave, "w")
        self.terminal = console.Terminal(self.source, self.target, {"TERM": "xterm"})
        self.screen = ""
        asyncio.get_running_loop().add_reader(self.master, self._see)

    def _see(self):
        seen = os.read(self.master, 65536).decode(errors="replace")
        self.screen += seen
        for _ in range(seen.count("\x1b[6n")):
            os.write(self.master, b"\x1b[1;1R")  # where is the cursor? as every terminal answers

    def type(self, keys):
        os.write(self.master, keys.encode())

    async def shows(self, text):
        await until(lambda: text in self.screen)

    def close(self):
        asyncio.get_running_loop().remove_reader(self.master)
        self.source.close()
        self.target.close()
        os.close(self.master)


@pytest.fixture
async def keyboard():
    keyboard = Keyboard()
    yield keyboard
    keyboard.close()


async def test_typing_at_a_prompt(keyboard):
    async with sitting(keyboard.terminal, colour="never") as (adapter, taken, run):
        await keyboard.shows("you")
        keyboard.type("helo\x7flo 你好\r")
        await until(lambda: taken.texts)
        keyboard.type("\r")
        keyboard.type("two\x1b\rlines\r")
        await until(lambda: len(taken.texts) == 2)
        assert taken.texts == ["hello 你好", "two\nlines"]
        keyboard.type("\x1b[A\x1b[A\x1b[A\r")
        await until(lambda: len(taken.texts) == 3)
        keyboard.type("\x04")
        await asyncio.wait_for(adapter.closed.wait(), 60)
        assert not run.done()


async def test_an_answer_does_not_garble_what_is_being_typed(keyboard):
    async with sitting(keyboard.terminal, colour="never") as (adapter, taken, _):
        await keyboard.shows("you")
        keyboard.type("half a th")
        await keyboard.shows("half a th")
        before = len(keyboard.screen)
        await adapter.send(YOU, OutgoingMessage("an answer\nin two lines"))
        await until(lambda: "half a th" in keyboard.screen[before:])
        after = keyboard.screen[before:]
        assert after.index("bot   an answer") < after.index("      in two lines") < after.index("half a th")
        keyboard.type("ought\r")
        await until(lambda: taken.texts)
        assert taken.texts == ["half a thought"]


async def test_ctrl_c_closes_and_gives_the_terminal_back(keyboard):
    before = termios.tcgetattr(keyboard.source.fileno())
    async with sitting(keyboard.terminal) as (adapter, _, _run):
        await keyboard.shows("you")
        keyboard.type("not sent\x03")
        await asyncio.wait_for(adapter.closed.wait(), 60)
        await adapter.send(YOU, OutgoingMessage("Good bye."))
        await keyboard.shows("Good bye.")
    assert termios.tcgetattr(keyboard.source.fileno()) == before


async def test_stopping_at_the_prompt_gives_the_terminal_back(keyboard):
    before = termios.tcgetattr(keyboard.source.fileno())
    async with sitting(keyboard.terminal):
        await keyboard.shows("you")
    assert termios.tcgetattr(keyboard.source.fileno()) == before


async def test_history_is_kept_for_the_owner_alone(keyboard, tmp_path):
    file = tmp_path / "folder" / "history"
    async with sitting(keyboard.terminal, history_file=file) as (_, taken, _run):
        await keyboard.shows("you")
        keyboard.type("remember me\r")
        await until(lambda: taken.texts)
    assert "remember me" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_history_that_cannot_be_written_is_named(keyboard, tmp_path):
    (tmp_path / "file").write_text("")
    async with sitting(keyboard.terminal, history_file=tmp_path / "file" / "history") as (_, _taken, run):
        await asyncio.wait([run], timeout=5)
        assert isinstance(run.exception(), ConfigError)
        assert "history_file" in str(run.exception())
