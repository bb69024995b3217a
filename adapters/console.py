"""The terminal as a chat: one line is one message, the bot answers beneath.

With a keyboard there is a prompt with editing and history (prompt_toolkit); with piped input plain
lines go in and out, without a single escape code. Ctrl-D, Ctrl-C and the end of the input close the
conversation: `closed` is set, and whoever runs the bot decides what follows.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import sys
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.application.current import set_app
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth, Output
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
_PICTURES |= {code: 0xFFFD for code in range(0x80, 0xA0)}


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
    """Where lines come from and go to. It outlives an adapter that is stopped and made anew, and so
    does what nobody has committed yet.
    """

    def __init__(
        self,
        source: TextIO | None = None,
        target: TextIO | None = None,
        *,
        keys: Input | None = None,
        screen: Output | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """`source` and `target` default to the process's own; `keys` and `screen` are a keyboard and a
        screen for prompt_toolkit instead of those of the process.
        """
        self.source = source or sys.stdin
        self.target = target or sys.stdout
        self.keys, self.screen = keys, screen
        self.environment = environment
        self.token = uuid.uuid4().hex[:12]  # numbers start anew with each process, ids must not
        self.sent = 0
        self._typed = 0
        self._waiting: deque[Line] = deque()
        self._arrived = asyncio.Event()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    @property
    def interactive(self) -> bool:
        """Whether somebody sits here with a keyboard and a screen."""
        return self.keys is not None or (self.source.isatty() and self.target.isatty())

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

    async def piped(self) -> AsyncIterator[str]:
        """The lines of a pipe, a socket or a file, until it ends."""
        async for piece in _pieces(self.source.fileno()):
            *whole, self._rest = (self._rest + self._decode.decode(piece)).split("\n")
            for text in whole:
                yield text.removesuffix("\r")
        last, self._rest = self._rest + self._decode.decode(b"", final=True), ""
        if last:
            yield last

    def write(self, text: str) -> None:
        self.target.write(text)
        self.target.flush()


async def _pieces(descriptor: int) -> AsyncIterator[bytes]:
    """What can be read, as it comes. No thread stands in a read that nobody could cancel."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except OSError:  # a file: epoll refuses it (epoll_ctl(2), EPERM), and it never blocks
        ready = _always()
    try:
        while await ready.wait() and (piece := os.read(descriptor, 65536)):
            ready.clear()
            yield piece
    finally:
        with contextlib.suppress(OSError):
            loop.remove_reader(descriptor)
