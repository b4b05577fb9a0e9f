"""The supervisor, without processes and without waiting; and once with both."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cluster.runtime.supervisor import Backoff, Command, Process, Supervisor


@dataclass
class FakeProcess:
    """A process that runs until told its exit code, and dies of any signal it does not ignore."""

    pid: int
    code: int | None = None
    ignores: frozenset[int] = frozenset()
    received: list[int] = field(default_factory=list)

    def poll(self) -> int | None:
        return self.code

    def send_signal(self, sig: int) -> None:
        self.received.append(sig)
        if sig not in self.ignores:
            self.code = -sig


class World:
    """A clock that moves when told, and processes that start at once."""

    def __init__(self, *, ignores: frozenset[int] = frozenset(), broken: bool = False) -> None:
        self.now = 100.0
        self.started: list[tuple[str, FakeProcess]] = []
        self.ignores = ignores
        self.broken = broken

    def spawn(self, command: Command) -> Process:
        if self.broken:
            raise FileNotFoundError(2, "No such file", command.arguments[0])
        process = FakeProcess(pid=len(self.started) + 1, ignores=self.ignores)
        self.started.append((command.name, process))
        return process

    def clock(self) -> float:
        self.now += 0.001
        return self.now

    def supervisor(self, *names: str) -> Supervisor:
        return Supervisor(
            [Command(name, ["program"]) for name in names],
            backoff=Backoff(first_seconds=1, longest_seconds=8, steady_seconds=60),
            grace_seconds=0.01,
            spawn=self.spawn,
            clock=self.clock,
        )

    def names(self) -> list[str]:
        return [name for name, _ in self.started]


def run_until_started(supervisor: Supervisor) -> None:
    def stop() -> bool:
        supervisor.stop()
        return True

    supervisor.run(until_ready=stop)


def test_children_start_in_the_order_given() -> None:
    world = World()

    world.supervisor("engine", "web").step()

    assert world.names() == ["engine", "web"]


def test_a_child_that_ended_starts_again_after_the_wait_and_the_other_is_left_alone() -> None:
    world = World()
    supervisor = world.supervisor("engine", "web")
    supervisor.step()

    world.started[0][1].code = 1
    supervisor.step()
    early = world.names()
    world.now += 1
    supervisor.step()

    assert early == ["engine", "web"]
    assert world.names() == ["engine", "web", "engine"]


def test_a_child_that_ended_without_an_error_starts_again_too() -> None:
    world = World()
    supervisor = world.supervisor("engine")
    supervisor.step()

    world.started[0][1].code = 0
    supervisor.step()
    world.now += 1
    supervisor.step()

    assert world.names() == ["engine", "engine"]


@pytest.mark.parametrize(
    ("failures", "expected"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (10_000, 8)]
)
def test_the_wait_doubles_up_to_the_longest(failures: int, expected: float) -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=8)

    assert backoff.delay_seconds(failures) == expected


def test_a_child_that_ran_steadily_starts_again_after_the_first_wait() -> None:
    world = World()
    supervisor = world.supervisor("engine")
    for _ in range(4):
        supervisor.step()
        world.started[-1][1].code = 1
        supervisor.step()
        world.now += 8
    supervisor.step()

    world.now += 60
    world.started[-1][1].code = 1
    wait_seconds = supervisor.step()

    assert wait_seconds == pytest.approx(1, abs=0.01)


def test_a_program_that_cannot_start_is_tried_again() -> None:
    world = World(broken=True)
    supervisor = world.supervisor("engine")

    wait_seconds = supervisor.step()
    world.broken = False
    world.now += 1
    supervisor.step()

    assert wait_seconds == pytest.approx(1, abs=0.01)
    assert world.names() == ["engine"]


def test_every_child_is_told_to_end_when_the_supervisor_is() -> None:
    world = World()
    supervisor = world.supervisor("engine", "web")

    run_until_started(supervisor)

    assert [process.received for _, process in world.started] == [[signal.SIGTERM]] * 2


def test_a_child_that_ignores_the_request_is_killed() -> None:
    world = World(ignores=frozenset({signal.SIGTERM}))
    supervisor = world.supervisor("engine")

    run_until_started(supervisor)

    assert world.started[0][1].received == [signal.SIGTERM, signal.SIGKILL]


def test_the_signal_handlers_of_before_are_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    world = World()
    supervisor = world.supervisor("engine")

    run_until_started(supervisor)

    assert signal.getsignal(signal.SIGTERM) is before


SUPERVISING = """
import sys
from cluster.runtime.supervisor import Command, Supervisor
program = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
Supervisor([Command("sleeper", [sys.executable, "-c", program])]).run()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of our death")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_children_end_with_the_supervisor_however_it_ends(root: Path, how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISING], cwd=root, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        os.kill(supervisor.pid, how)
        supervisor.wait(timeout=30)

        # The child holds the other end of the pipe, which closes when it has ended.
        rest = supervisor.stdout.read()

    assert child > 0
    assert rest == ""
