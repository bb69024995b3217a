"""`python -m bridgebot` and the command `bridgebot`."""

from __future__ import annotations

import sys

from bridgebot.cli import main as command_line
from bridgebot.cli.terminal import write_wholly


def main() -> None:
    """Run the command line and end the process with its exit code."""
    write_wholly()
    sys.exit(command_line())


if __name__ == "__main__":
    main()
