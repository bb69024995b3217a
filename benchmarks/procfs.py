"""What the kernel says of a process."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def rss(pid: int | str = "self") -> float:
    """MiB that it holds in memory now."""
    return _status(pid, "VmRSS")


def peak(pid: int | str = "self") -> float:
    """MiB, the most that it has held."""
    return _status(pid, "VmHWM")


def cpu(pid: int | str = "self") -> float:
    """Seconds of CPU that it used, threads and the kernel's work for it included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _status(pid: int | str, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0
