"""What a machine must have for a test: by hand it is skipped with a sentence, in CI nothing is missing."""

from __future__ import annotations

import os
import shutil

import pytest


def in_ci() -> bool:
    """There everything is installed, so what is missing is a failure."""
    return os.environ.get("CI") == "true"


def missing(what: str) -> None:
    """Skip the test, saying what it needs; in CI it fails."""
    if in_ci():
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def program(name: str, package: str) -> None:
    """Skip where a program is missing, naming its Debian package; in CI that is a failure."""
    if shutil.which(name) is None:
        missing(f"{name}: apt-get install {package}")
