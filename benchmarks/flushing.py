"""What the disk itself takes meanwhile: a small write and its flush, twenty times a second."""

from __future__ import annotations

import os
import threading
import time

from benchmarks import house
from benchmarks.measured import percentile
from benchmarks.runner import Figures

BLOCK = b"y" * 4096


class Probe:
    """A thread that flushes while the block lasts; then what it took."""

    def __init__(self) -> None:
        self._took: list[float] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._flush, daemon=True)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def figures(self) -> Figures:
        """Milliseconds for one flush, in the median and of the slowest in a hundred."""
        took = self._took or [0.0]
        return {"flush p50 ms": percentile(took, 0.5), "flush p99 ms": percentile(took, 0.99)}

    def _flush(self) -> None:
        with house.folder() as folder:
            file = os.open(folder / "probe", os.O_CREAT | os.O_RDWR)
            try:
                while not self._end.wait(0.05):
                    begun = time.perf_counter()
                    os.pwrite(file, BLOCK, 0)
                    os.fdatasync(file)
                    self._took.append((time.perf_counter() - begun) * 1e3)
            finally:
                os.close(file)
