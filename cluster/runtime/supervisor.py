"""Keep child processes running: start them, restart whichever ends, end them all with us.

The flow is one loop in the main thread. It starts what is due, waits until a child ends, a signal
arrives or the next start is due, and looks again. Three things end children: SIGTERM or SIGINT to
us (passed on, then SIGKILL to those that stay), their own failure, and our death, of which Linux
tells them (``PR_SET_PDEATHSIG``); elsewhere a killed supervisor leaves its children behind.

Clock, waiting and starting arrive as arguments, so that tests need neither time nor processes.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

logger = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
"""The option of prctl(2) that names the signal a child gets when its parent dies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before a child that ended starts again, in seconds.

    The wait doubles with each failure in a row up to ``longest_seconds``; a child that ran for
    ``steady_seconds`` has recovered, and its next end counts as the first.
    """

    first_seconds: float = 0.5
    longest_seconds: float = 15.0
    steady_seconds: float = 30.0

    def delay_seconds(self, failures: int) -> float:
        """Return the wait after the given number of failures in a row, which is at least 1."""
        return min(self.longest_seconds, self.first_seconds * 2.0 ** min(failures - 1, 30))


class Process(Protocol):
    """What the supervisor needs of a started child; :class:`subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """The process id."""
        ...

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while the child runs."""
        ...

    def send_signal(self, sig: int) -> None:
        """Send a signal, or do nothing when the child has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """A child to keep running: its name in the log, its arguments, its added environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Child:
    """A command and how it fares."""

    command: Command
    process: Process | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    failures: int = 0


def spawn(command: Command) -> Process:
    """Start a command in a session of its own, so that the terminal's signals reach us alone.

    Raises OSError when the program cannot be started.
    """
    return subprocess.Popen(  # noqa: S603 - the commands are ours
        list(command.arguments),
        env={**os.environ, **command.environment},
        start_new_session=True,
        preexec_fn=end_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
    )


def end_with_parent() -> Callable[[], None] | None:
    """Return what a child calls before it becomes its program, to be told of our death.

    None where the system has no such thing.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork
    parent = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before it could be watched
            os.kill(os.getpid(), signal.SIGTERM)

    return in_child


class Supervisor:
    """Runs a list of commands until it is told to stop.

    Args:
        commands: what to keep running, started in this order.
        backoff: waits between restarts.
        grace_seconds: how long children may take to end after SIGTERM before they are killed.
        spawn: starts a command; raises OSError when it cannot.
        clock: seconds that only ever increase.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        *,
        backoff: Backoff | None = None,
        grace_seconds: float = 10.0,
        spawn: Callable[[Command], Process] = spawn,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.children = [Child(command) for command in commands]
        self._backoff = backoff or Backoff()
        self._grace_seconds = grace_seconds
        self._spawn = spawn
        self._clock = clock
        self._wake = threading.Event()
        self._stops = 0

    def stop(self) -> None:
        """Ask for the end; asked twice, children are killed without grace."""
        self._stops += 1
        self._wake.set()

    def run(self, *, until_ready: Callable[[], bool] | None = None) -> None:
        """Keep the commands running until SIGTERM, SIGINT or :meth:`stop`; end them and return.

        ``until_ready`` is called every tenth of a second until it returns True, for what has to
        wait for a child. Runs in the main thread alone, since only that one receives signals.
        """
        with self._signals():
            while not self._stops:
                self._wake.clear()
                wait_seconds = self.step()
                if until_ready is not None:
                    if until_ready():
                        until_ready = None
                    else:
                        wait_seconds = min(wait_seconds, 0.1)
                if not self._stops:
                    self._wake.wait(wait_seconds)
            self._end_children()

    def step(self) -> float:
        """Notice ended children, start what is due, and return the seconds to the next start.

        Without a next start that is a minute: the end of a child wakes the loop by SIGCHLD.
        """
        now = self._clock()
        for child in self.children:
            self._notice_end(child, now)
            if child.process is None and child.due_at <= now:
                self._start(child, now)
        due = [child.due_at - now for child in self.children if child.process is None]
        return max(0.0, min(due, default=60.0))

    def _start(self, child: Child, now: float) -> None:
        try:
            child.process = self._spawn(child.command)
        except OSError as error:
            self._schedule(child, now, f"could not start: {error}")
            return
        child.started_at = now
        logger.info("%s runs as process %d", child.command.name, child.process.pid)

    def _notice_end(self, child: Child, now: float) -> None:
        if child.process is None:
            return
        code = child.process.poll()
        if code is None:
            return
        child.process = None
        if now - child.started_at >= self._backoff.steady_seconds:
            child.failures = 0
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        self._schedule(child, now, how)

    def _schedule(self, child: Child, now: float, how: str) -> None:
        child.failures += 1
        delay = self._backoff.delay_seconds(child.failures)
        child.due_at = now + delay
        logger.warning("%s %s; it starts again in %.1f s", child.command.name, how, delay)

    def _end_children(self) -> None:
        self._send(signal.SIGTERM)
        deadline = self._clock() + self._grace_seconds
        while self._running() and self._clock() < deadline and self._stops < 2:  # noqa: PLR2004
            self._wake.clear()
            self._wake.wait(0.05)
        for child in self._running():
            logger.warning("%s did not end in time and is killed", child.command.name)
        self._send(signal.SIGKILL)
        while self._running():
            self._wake.clear()
            self._wake.wait(0.05)

    def _running(self) -> list[Child]:
        return [
            child
            for child in self.children
            if child.process is not None and child.process.poll() is None
        ]

    def _send(self, number: signal.Signals) -> None:
        for child in self._running():
            if child.process is not None:
                child.process.send_signal(number)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def asked_to_end(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        def child_ended(_number: int, _frame: FrameType | None) -> None:
            self._wake.set()

        handlers = {
            signal.SIGTERM: asked_to_end,
            signal.SIGINT: asked_to_end,
            signal.SIGCHLD: child_ended,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
