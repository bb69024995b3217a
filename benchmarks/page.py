"""The table of goals in README.md, with the machine it was measured on."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.checks import file_system
from benchmarks.goals import Result, table
from benchmarks.house import ROOT

BEGIN, END = "<!-- goals -->", "<!-- /goals -->"


def put_in(page: str, results: Sequence[Result]) -> str:
    """The page with this table between its marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{machine()}\n\n{table(results)}\n\n{END}{after}"


def machine() -> str:
    """What one must know of where it was measured, in a sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{time.strftime('%d %B %Y', time.gmtime()).lstrip('0')}: {platform.python_implementation()} "
        f"{platform.python_version()} on {sys.platform}, {_processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, {_file_system()}; load at the end {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _file_system() -> str:
    return file_system(ROOT.parent if ROOT.parent.exists() else Path.cwd())
