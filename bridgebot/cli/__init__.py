"""The command line. Nothing heavy is imported before a command needs it: `--help` must be quick.

Exit codes: 0 well, 1 failed, 2 wrong usage, 74 the database is damaged or gone (EX_IOERR of sysexits.h),
75 a network cannot be reached (EX_TEMPFAIL), 78 wrong configuration (EX_CONFIG), 130 and 143 ended at once
by a second signal.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from cyclopts import CycloptsError

from bridgebot.cli.commands import app
from bridgebot.cli.terminal import complain, kinds, say
from bridgebot.errors import BridgebotError, ConfigError, KeysLost, StoreError

FAILED, USAGE, DAMAGED, CONFIGURATION, INTERRUPTED = 1, 2, 74, 78, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. An operator never sees a traceback unless asked for."""
    try:
        return _run(arguments)
    except CycloptsError:
        return USAGE  # cyclopts has said what was wrong
    except ConfigError as error:
        complain(*error.problems)
        return CONFIGURATION
    except KeysLost as error:
        complain(say(error.key or "", **error.arguments, what=kinds(error.lost)))
        return CONFIGURATION
    except StoreError as error:
        complain(say(error.key, **error.arguments) if error.key else str(error))
        return DAMAGED if error.trouble == "damaged" else FAILED
    except BridgebotError as error:
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output left: `bridgebot status | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return _unexpected(error)


def _run(arguments: Sequence[str] | None) -> int:
    result = app(arguments, exit_on_error=False, print_error=True, result_action="return_value")
    return result if isinstance(result, int) else 0


def _unexpected(error: Exception) -> int:
    if os.environ.get("BRIDGEBOT_DEBUG") == "1":
        complain("".join(traceback.format_exception(error)).rstrip())
    complain(say("cli-unexpected", error=type(error).__name__))
    return FAILED
