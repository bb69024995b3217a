"""What the process is told from outside: to stop (once: in good order; twice: at once), to read its
configuration anew; and what it tells the service manager about itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Mapping

from bridgebot.log import Log

_log = Log("bridgebot.signals")

KILLED = 128  # and the signal's number: what a shell says of a process that a signal ended


class Signals:
    """SIGTERM and SIGINT: stop; SIGHUP: reload. Used by the process that runs the bot, in its loop."""

    def __init__(
        self, reload: Callable[[], Awaitable[None]], leave: Callable[[int], object] = os._exit
    ) -> None:
        """`leave` ends the process at once: every commit is whole, and what was being sent is settled at
        the next start, as after a power cut.
        """
        self._reload = reload
        self._leave = leave
        self._asked = asyncio.Event()
        self._reloading: asyncio.Task[None] | None = None
        self._once_more = False

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    async def stop_asked(self) -> None:
        """Returns when somebody asked the bot to stop."""
        await self._asked.wait()

    def _stop(self, number: int) -> None:
        if self._asked.is_set():
            _log.warning("stopped at once", signal=signal.Signals(number).name)
            self._leave(KILLED + number)
        self._asked.set()

    def _hang_up(self) -> None:
        """One after another: what changed during a reload is read by one more."""
        if self._reloading is not None and not self._reloading.done():
            self._once_more = True
            return
        self._reloading = asyncio.create_task(self._reload_all())

    async def _reload_all(self) -> None:
        self._once_more = True
        while self._once_more and not self._asked.is_set():
            self._once_more = False
            try:
                await self._reload()
            except Exception:
                _log.exception("reload.bug")


class ServiceManager:
    """systemd, if it started the bot with `Type=notify` (sd_notify(3)): a datagram for each state."""

    def __init__(self, environment: Mapping[str, str], pid: int) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every = _watchdog(environment, pid)

    def ready(self) -> None:
        self._tell("READY=1", "STATUS=")

    def reloading(self) -> None:
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def status(self, words: str) -> None:
        self._tell(f"STATUS={words}")

    async def keep_alive(self) -> None:
        """Say now and then that the loop turns; without a watchdog there is nobody to tell."""
        while self._every is not None:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(self._every)

    def _tell(self, *lines: str) -> None:
        if not self._address.startswith(("/", "@")):
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto("\n".join(lines).encode(), address)


def _watchdog(environment: Mapping[str, str], pid: int) -> float | None:
    """Seconds between two signs of life, half of what the manager waits; None: it does not."""
    meant = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2e6 if meant and microseconds.isdigit() and int(microseconds) else None
