import os
import subprocess
import sys

from cluster import store
from cluster.runtime.lease import Leases, is_dead, machine_name, process_name
from cluster.store.leases import holder_of, take


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def ended_process() -> int:
    """Return the id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_one_holds_the_lease_at_a_time(shop: str) -> None:
    cluster = store.find_cluster(shop)

    assert take(cluster, "first", seconds=60)
    assert not take(cluster, "second", seconds=60)
    assert take(cluster, "first", seconds=60)
    found = holder_of(cluster)
    assert found is not None
    assert found.holder == "first"


def test_an_expired_lease_is_taken_over(shop: str) -> None:
    cluster = store.find_cluster(shop)
    take(cluster, "first", seconds=-1)

    assert holder_of(cluster) is None
    assert take(cluster, "second", seconds=60)
    assert not take(cluster, "first", seconds=60)


def test_a_lease_given_up_is_free_at_once(shop: str) -> None:
    cluster = store.find_cluster(shop)
    first, second = Leases("first"), Leases("second")
    assert first.hold(cluster)
    assert not second.hold(cluster)

    first.give_up()

    assert Leases("third").hold(cluster)


def test_a_standby_asks_again_when_it_is_time(shop: str) -> None:
    cluster = store.find_cluster(shop)
    clock = Clock()
    first, standby = Leases("first"), Leases("standby", renew_seconds=3, clock=clock)
    first.hold(cluster)
    assert not standby.hold(cluster)
    first.give_up()

    assert not standby.hold(cluster)
    clock.seconds += 3
    assert standby.hold(cluster)


def test_the_lease_of_a_dead_process_of_this_machine_is_not_waited_for(shop: str) -> None:
    cluster = store.find_cluster(shop)
    take(cluster, f"{machine_name()}/{ended_process()}/abc", seconds=60)

    assert Leases(process_name()).hold(cluster)


def test_only_processes_of_this_machine_are_known_to_be_dead() -> None:
    pid = ended_process()

    assert is_dead(f"{machine_name()}/{pid}/abc")
    assert not is_dead(f"elsewhere/{pid}/abc")
    assert not is_dead(f"{machine_name()}/{os.getpid()}/abc")
    assert not is_dead("anything else")
