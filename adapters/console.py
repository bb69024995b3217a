"""The terminal as a chat: one line is one message, the bot answers beneath.

With a keyboard there is a prompt with editing and history (prompt_toolkit); with piped input plain
lines go in and out, without a single escape code. Ctrl-D, Ctrl-C and the end of the input close the
conversation: `closed` is set, and whoever runs the bot decides what follows.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import uuid
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.utils import get_cwidth

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities, Context, OnUnconfirmed, Receive
from bridgebot.errors import ConfigError, Temporary
from bridgebot.model import Chat, Limits, Message, OutgoingMessage, Person

BOT = "bot"
COLUMN = 6  # where texts begin
_CYAN, _GREEN, _PLAIN = "\x1b[36m", "\x1b[32m", "\x1b[0m"  # ECMA-48, section 8.3.117
# An escape code in somebody's post must not act here: control characters are shown as pictures.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}
_PICTURES |= dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), 0xFFFD)  # nor half a character


class Config(AdapterConfig):
    """The options of a terminal."""

    person: str = "you"  # the id of whoever sits here; bare, it is also shown in front of their lines
    colour: Literal["auto", "always", "never"] = "auto"  # auto: on a terminal, unless NO_COLOR is set
    history_file: Path | None = None  # what was typed, for the next time; None: it is forgotten
    input: bool = True  # False: nothing is read, only what `Adapter.feed` is given counts


@dataclass(slots=True)
class Line:
    """Something that was written at the terminal and waits to be committed."""

    number: int
    person: str
    text: str
    shown: bool  # it stands on the screen already, because it was typed there
    committed: asyncio.Event = field(default_factory=asyncio.Event)


class Terminal:
    """Where lines come from and go to: by default the process's own. It may outlive an adapter that is
    made anew, and so does what nobody has committed yet.
    """

    def __init__(
        self,
        source: TextIO | None = None,
        target: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.source = source or sys.stdin
        self.target = target or sys.stdout
        self.environment = environment
        self.token = uuid.uuid4().hex[:12]  # counting starts anew with each process, ids must not
        self.sent = 0
        self._typed = 0
        self._waiting: deque[Line] = deque()
        self._arrived = asyncio.Event()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""  # of a line that has not ended yet

    @property
    def interactive(self) -> bool:
        """Whether somebody sits here with a keyboard and a screen."""
        return self.source.isatty() and self.target.isatty()

    @property
    def language(self) -> str | None:
        """What the process was told to speak (POSIX: LC_ALL, LC_MESSAGES, LANG, in this order)."""
        names = (self.environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        chosen = next((name for name in names if name), "C").partition(".")[0]
        return None if chosen in ("C", "POSIX") else chosen.partition("@")[0].replace("_", "-")

    def coloured(self, wanted: str) -> bool:
        """Whether to use colours; a non-empty NO_COLOR forbids what nobody asked for (no-color.org)."""
        able = self.target.isatty() and self.environment.get("TERM") != "dumb"
        return wanted == "always" or (wanted == "auto" and able and not self.environment.get("NO_COLOR"))

    def put(self, person: str, text: str, *, shown: bool = False) -> Line:
        """Somebody wrote a line."""
        self._typed += 1
        line = Line(self._typed, person, text, shown)
        self._waiting.append(line)
        self._arrived.set()
        return line

    async def next(self) -> Line:
        """The oldest line that is not committed, when there is one."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting[0]

    def commit(self, line: Line) -> None:
        self._waiting.remove(line)
        line.committed.set()

    async def lines(self) -> AsyncIterator[str]:
        """The lines of a pipe, a socket or a file, until it ends."""
        async for piece in _pieces(self.source.fileno()):
            *whole, self._rest = (self._rest + self._decoder.decode(piece)).split("\n")
            for text in whole:
                yield text.removesuffix("\r")
        last, self._rest = self._rest + self._decoder.decode(b"", final=True), ""
        if last:
            yield last

    def write(self, text: str) -> None:
        self.target.write(text)
        self.target.flush()


async def _pieces(descriptor: int) -> AsyncIterator[bytes]:
    """What can be read, as it comes; no thread stands in a read that nobody could cancel."""
    while True:
        await _readable(descriptor)
        piece = os.read(descriptor, 65536)
        if not piece:
            return
        yield piece


async def _readable(descriptor: int) -> None:
    """Wait until there is something to read, or its end."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def tell() -> None:
        # At once, because the loop tells again as long as nobody has read, and a second word would
        # lead to a read that blocks.
        loop.remove_reader(descriptor)
        if not ready.done():
            ready.set_result(None)

    try:
        loop.add_reader(descriptor, tell)
    except OSError:
        return  # a file: epoll refuses it (epoll_ctl(2), EPERM), and reading it never blocks
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


class Adapter(ChatAdapter[Config]):
    title = "Console"
    for_trying = True
    capabilities = ChatCapabilities(
        limits=Limits(10_000), on_unconfirmed=OnUnconfirmed.REPEAT, needs_connection=False
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self.terminal = Terminal()
        self.closed = asyncio.Event()  # the person is done: the input ended, Ctrl-D or Ctrl-C
        self._prompt: PromptSession[str] | None = None

    # --- the contract ---

    async def run(self, receive: Receive) -> None:
        tasks = [asyncio.create_task(self._hand_in(receive))]
        if self.config.input:
            tasks.append(asyncio.create_task(self._read()))
        try:
            # Reading may end, handing in may not: what `feed` is given still counts.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        label = BOT if chat.id == self.config.person else f"{BOT} to {chat.id}"
        try:
            await self._show(label, message.text, _CYAN)
        except OSError as error:
            self.closed.set()  # nobody reads any more
            raise Temporary() from error
        self.terminal.sent += 1
        return (f"{self.terminal.token}-out{self.terminal.sent}",)

    # --- in ---

    async def feed(self, text: str, person: str | None = None) -> None:
        """Write a line as if it had been typed, by the local person or somebody else at this terminal:
        it is shown, handed in, and committed when this returns. `run` must be running.
        """
        await self.terminal.put(person or self.config.person, text).committed.wait()

    async def _hand_in(self, receive: Receive) -> None:
        while True:
            line = await self.terminal.next()
            if not line.shown:
                await self._show(line.person, line.text, _GREEN)
                line.shown = True
            await receive(self._message(line))
            self.terminal.commit(line)

    def _message(self, line: Line) -> Message:
        id = f"{self.terminal.token}-{line.number}"
        return Message(
            event=id,
            chat=Chat(line.person, direct=True),
            sender=Person(line.person, line.person, language=self.terminal.language),
            id=id,
            text=line.text,
            sent_at=self.context.clock.now(),
        )

    async def _read(self) -> None:
        if self.terminal.interactive:
            await self._read_keys()
        else:
            async for text in self.terminal.lines():
                if text.strip():
                    self.terminal.put(self.config.person, text)
        self.closed.set()

    async def _read_keys(self) -> None:
        """Prompt until Ctrl-D or Ctrl-C. What anybody prints meanwhile appears above the prompt."""
        self._prompt = self._session()
        with patch_stdout(raw=True):
            try:
                while True:
                    text = await self._prompt.prompt_async(ANSI(self._label(self.config.person, _GREEN)))
                    if text.strip():
                        self.terminal.put(self.config.person, text, shown=True)
            except (EOFError, KeyboardInterrupt):
                return
            finally:
                self._prompt = None

    def _session(self) -> PromptSession[str]:
        source, target = create_input(self.terminal.source), create_output(self.terminal.target)
        return PromptSession(
            history=_history(self.config.history_file),
            key_bindings=_keys(),
            multiline=True,
            prompt_continuation=" " * COLUMN,
            color_depth=None if self._coloured() else ColorDepth.DEPTH_1_BIT,
            input=source,
            output=target,
        )

    # --- out ---

    async def _show(self, label: str, text: str, colour: str) -> None:
        """Write a message, above the prompt if there is one; further lines begin below the first."""
        safe = text.translate(_PICTURES).replace("\n", f"\n{' ' * COLUMN}")
        line = f"{self._label(label, colour)}{safe}\n"
        app = self._prompt.app if self._prompt is not None else None
        if app is not None and app.is_running and app.context is not None:
            await app.context.run(run_in_terminal, lambda: self.terminal.write(line))
        else:
            self.terminal.write(line)

    def _label(self, label: str, colour: str) -> str:
        padding = " " * max(COLUMN - get_cwidth(label), 1)
        label = label.translate(_PICTURES)
        return f"{colour}{label}{_PLAIN}{padding}" if self._coloured() else f"{label}{padding}"

    def _coloured(self) -> bool:
        return self.terminal.coloured(self.config.colour)


def _history(file: Path | None) -> History:
    if file is None:
        return InMemoryHistory()
    path = file.expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # what one typed is nobody else's business
    except OSError as error:
        raise ConfigError(f"history_file: {path} cannot be written ({error.strerror}).") from error
    return FileHistory(str(path))


def _keys() -> KeyBindings:
    """Enter sends; Escape and Enter (Alt-Enter) begins a new line."""
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
