"""The DNS server as real clients meet it: asked by dig, over UDP and TCP."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dns.message
import pytest

from cluster import store
from cluster.domains.dns.response import Response
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import parse_settings
from cluster.questions.seeding import seed
from cluster.runtime import nameserver
from cluster.runtime.dnswire import Answer
from cluster.runtime.nameserver import NameServer, answer_from, answers_of_cluster
from cluster.runtime.replica import Replicas

PEERS = 300
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Served:
    """A server that answers on loopback."""

    port: int

    def dig(self, *words: str) -> str:
        """Return what dig prints about a question; a test that needs dig skips without it."""
        program = shutil.which("dig")
        if program is None:
            if os.environ.get("CI"):
                pytest.fail("no dig found; Debian has it in the package dnsutils")
            pytest.skip("no dig found; Debian has it in the package dnsutils")
        fixed = ("@127.0.0.1", "-p", str(self.port), "+time=5", "+tries=2")
        done = subprocess.run(
            [program, *fixed, *words], capture_output=True, text=True, check=False
        )
        return done.stdout

    def short(self, *words: str) -> list[str]:
        """Return the data of the records in the answer."""
        return self.dig("+short", *words).split("\n")[:-1]


@contextmanager
def serving(answer: Answer) -> Iterator[Served]:
    """Run a server in a thread of its own while the block runs."""
    loop = asyncio.new_event_loop()
    server = NameServer(answer, "127.0.0.1", 0)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(PATIENCE_SECONDS)
    try:
        yield Served(server.port)
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(PATIENCE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_SECONDS)
        loop.close()


def service(name: str, ip: str = "None") -> Manifest:
    """Return a Service without a selector, headless where no address is given."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"clusterIP": ip, "ports": [{"name": "http", "port": 80}]},
    }


def peers() -> list[JSON]:
    """Return the slices of a headless Service with `PEERS` endpoints."""
    ends = [f"10.244.{number // 250}.{number % 250 + 1}" for number in range(PEERS)]
    return [
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": f"peers-{at}", "namespace": "shop",
                "labels": {"kubernetes.io/service-name": "peers"},
            },
            "addressType": "IPv4",
            "endpoints": [{"addresses": [ip]} for ip in ends[at : at + 100]],
            "ports": [{"name": "http", "port": 8080}],
        }
        for at in range(0, PEERS, 100)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Serve a cluster in memory: a Service, a large headless one, one name of upstream."""
    known: JSON = [{"type": "A", "ttl": 60, "data": "203.0.113.9"}]
    settings = parse_settings({"upstream_dns": {"api.example.com": known}})
    objects: list[JSON] = [service("web", "10.96.5.5"), service("peers"), *peers()]
    seeded = seed(objects, settings)
    assert not seeded.refused
    snapshot = seeded.snapshot
    with serving(lambda name, type_: answer_from(snapshot, name, type_)) as found:
        yield found


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_dig_gets_the_same_answer_over_both_transports(served: Served, transport: str) -> None:
    assert served.short(transport, "web.shop.svc.cluster.local") == ["10.96.5.5"]
    assert served.short(transport, "-x", "10.96.5.5") == ["web.shop.svc.cluster.local."]
    assert served.short(transport, "_http._tcp.web.shop.svc.cluster.local", "SRV") == [
        "0 100 80 web.shop.svc.cluster.local."
    ]
    assert served.short(transport, "dns-version.cluster.local", "TXT") == ['"1.1.0"']


def test_the_flags_are_those_of_an_authoritative_server(served: Served) -> None:
    printed = served.dig("Web.Shop.SVC.cluster.local")

    assert "status: NOERROR" in printed
    assert "flags: qr aa rd;" in printed
    assert "Web.Shop.SVC.cluster.local. 30 IN A 10.96.5.5" in " ".join(printed.split())
    assert "EDNS: version: 0" in printed


def test_a_missing_name_carries_the_soa(served: Served) -> None:
    printed = served.dig("nobody.shop.svc.cluster.local")

    assert "status: NXDOMAIN" in printed
    assert "SOA\tns.dns.cluster.local. hostmaster.cluster.local." in printed


def test_a_large_answer_is_cut_and_dig_gets_it_all_over_tcp(served: Served) -> None:
    name = "peers.shop.svc.cluster.local"
    cut = served.dig("+ignore", "+notcp", name)
    whole = served.dig(name)

    assert "flags: qr aa tc rd;" in cut
    assert 0 < cut.count("\tA\t") < PEERS
    assert "(TCP)" in whole
    assert whole.count("\tA\t") == PEERS
    assert len(set(served.short(name))) == PEERS


def test_a_client_that_takes_large_datagrams_needs_no_tcp(served: Served) -> None:
    printed = served.dig("+bufsize=8192", "peers.shop.svc.cluster.local")

    assert "(UDP)" in printed
    assert printed.count("\tA\t") == PEERS


def test_names_outside_the_zones_are_refused_unless_upstream_is_told_of_them(
    served: Served,
) -> None:
    assert "status: REFUSED" in served.dig("example.org")
    assert "status: REFUSED" in served.dig("version.bind", "CH", "TXT")
    assert served.short("api.example.com") == ["203.0.113.9"]
    assert "flags: qr rd ra;" in served.dig("api.example.com")


def test_what_is_no_query_of_ours_is_said_to_be_none(served: Served) -> None:
    assert "status: NOTIMP" in served.dig("+opcode=notify", "cluster.local")
    assert "status: BADVERS" in served.dig("+edns=1", "+noednsneg", "cluster.local")
    assert "Transfer failed" in served.dig("cluster.local", "AXFR")


def connected(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS)


def test_one_connection_takes_many_queries_in_pieces(served: Served) -> None:
    query = dns.message.make_query("web.shop.svc.cluster.local", "A")
    framed = struct.pack("!H", len(query.to_wire())) + query.to_wire()
    with connected(served) as client, client.makefile("rb") as answers:
        client.sendall(framed + framed[:5])
        first = answers.read(struct.unpack("!H", answers.read(2))[0])
        client.sendall(framed[5:])
        second = answers.read(struct.unpack("!H", answers.read(2))[0])

    assert first == second
    assert dns.message.from_wire(first).id == query.id


def test_a_connection_that_says_nothing_sensible_is_closed_and_the_server_goes_on(
    served: Served,
) -> None:
    with connected(served) as client:
        client.sendall(b"\x00\x03abc")
        assert client.recv(1) == b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", ("127.0.0.1", served.port))
        client.sendto(b"\xff" * 40, ("127.0.0.1", served.port))

    assert served.short("web.shop.svc.cluster.local") == ["10.96.5.5"]


def test_a_slow_answer_does_not_hold_up_the_others() -> None:
    release = threading.Event()

    def answer(name: str, type_: str) -> Response:
        if name.startswith("slow"):
            release.wait(PATIENCE_SECONDS)
        return Response("NXDOMAIN")

    with serving(answer) as found:
        slow = threading.Thread(target=found.dig, args=("slow.test",))
        slow.start()
        quick = found.dig("quick.test")
        is_waiting = slow.is_alive()
        release.set()
        slow.join()

    assert "status: NXDOMAIN" in quick
    assert is_waiting


@pytest.fixture
def live(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Answer]]:
    """Return what makes the answers of stored clusters, kept current as `netviz dns` does."""
    replicas = Replicas()
    monkeypatch.setattr(nameserver, "replicas", replicas)
    replicas.follow()
    yield answers_of_cluster
    replicas.close()


def eventually(found: Callable[[], object], expected: object) -> None:
    """Wait until a value is what it should become; fails when that takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (seen := found()) != expected:
        assert time.monotonic() < end, f"still {seen!r}"
        time.sleep(0.02)


def test_a_change_of_a_stored_cluster_is_in_the_answers_that_follow(
    live: Callable[[str], Answer],
) -> None:
    store.make_cluster(name="demo", actor="tests")
    name = "new.shop.svc.cluster.local"
    with serving(live("demo")) as found:
        assert "status: NXDOMAIN" in found.dig(name)

        store.apply(
            cluster="demo", actor="tests",
            document={"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        )  # fmt: skip
        made = store.create(cluster="demo", document=service("new", "10.96.3.3"), actor="tests")
        eventually(lambda: found.short(name), ["10.96.3.3"])

        store.delete(cluster="demo", address=made.key, actor="tests")
        eventually(lambda: "status: NXDOMAIN" in found.dig(name), True)  # noqa: FBT003 - a value


def test_a_cluster_that_is_made_later_is_answered_for_then(
    live: Callable[[str], Answer],
) -> None:
    name = "kubernetes.default.svc.cluster.local"
    with serving(live("later")) as found:
        before = found.dig(name)
        assert "status: SERVFAIL" in before
        assert "later" in before, "the extended error says which cluster is missing"

        store.make_cluster(name="later", actor="tests")
        assert found.short(name) == ["10.96.0.1"]

        store.delete_cluster(name="later")
        eventually(lambda: "status: SERVFAIL" in found.dig(name), True)  # noqa: FBT003 - a value
