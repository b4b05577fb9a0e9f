"""What the commands of netviz share: one line for an error, and exit codes that mean something.

1 is a command's own answer ("there are findings", "it differs"), 2 is wrong input, and neither may
come from anything else: a bug, a closed pipe and an interrupt have codes of their own.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from cluster.machinery.errors import ApiError
from cluster.management.inputs import UnreadablePath, printable

INVALID = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 128 + signal.SIGINT  # as shells tell of programs that a signal ended
PIPE_CLOSED = 128 + signal.SIGPIPE
CHATTY = 2  # of --verbosity: the log is shown as well


class NetvizCommand(BaseCommand):
    """A command that answers and ends.

    Whatever `handle` raises for wrong input becomes one line on standard error: UnreadablePath,
    ApiError, CommandError, and a database that is not there. Logs stay silent unless asked for by
    `--verbosity 2`; warnings are always shown.
    """

    requires_system_checks = ()
    suppressed_base_arguments = {
        "--version", "--settings", "--pythonpath", "--no-color", "--force-color", "--traceback",
    }  # fmt: skip
    _is_on_a_command_line = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Run as the console script does, and leave through SystemExit where that is due."""
        self._is_on_a_command_line = True
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run `handle`; from a command line this never raises but SystemExit."""
        root = logging.getLogger()
        level = root.level
        if (options.get("verbosity") or 1) < CHATTY:
            root.setLevel(max(level, logging.WARNING))
        try:
            output: str | None = super().execute(*args, **options)
            sys.stdout.flush()
        except (UnreadablePath, ApiError, OperationalError, ProgrammingError) as error:
            self._end(_for_people(error), **options)
        except CommandError as error:
            self._end(error, **options)
        except BrokenPipeError:
            _drop_output()
            sys.exit(PIPE_CLOSED)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except Exception:
            if not self._is_on_a_command_line:
                raise
            traceback.print_exc()
            sys.exit(BUG)
        finally:
            root.setLevel(level)
        return output

    def _end(self, error: CommandError, **options: Any) -> NoReturn:
        if not self._is_on_a_command_line or options.get("traceback"):
            raise error
        name = type(self).__module__.rpartition(".")[2]
        self.stderr.write(f"netviz {name}: {printable(str(error))}")
        sys.exit(error.returncode)


def _for_people(error: Exception) -> CommandError:
    """Return wrong input as a CommandError that ends with the code for it."""
    if isinstance(error, ApiError):
        return CommandError(error.message, returncode=INVALID)
    if isinstance(error, UnreadablePath):
        return CommandError(str(error), returncode=INVALID)
    text = f"the database cannot be read: {error}; `netviz load` or `netviz serve` makes it"
    return CommandError(text, returncode=INVALID)


def _drop_output() -> None:
    """Keep the interpreter from flushing into the closed pipe when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
