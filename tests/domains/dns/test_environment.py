"""The Service variables of a container (E-64)."""

from __future__ import annotations

from typing import Any

from cluster.domains.dns.environment import Environment, service_environment
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import Manifest
from tests.domains.network import external, headless, pod, service, world

API_SERVER = service("kubernetes", "10.96.0.1", ports=("https:443",), namespace="default")


def environment(*manifests: Manifest, started: str | None = None, **spec: Any) -> Environment:
    """What a Pod of `shop` with `spec` is told beside `manifests` and the API server."""
    snapshot = world(pod("p", **spec), API_SERVER, *manifests, namespaces=("shop", "default"))
    found = snapshot.get(Pod, "shop", "p")
    assert found is not None
    return service_environment(found, snapshot, started)


def values(found: Environment) -> dict[str, str]:
    return {variable.name: variable.value for variable in found.variables}


def made(item: Manifest, at: str) -> Manifest:
    meta = item["metadata"]
    assert isinstance(meta, dict)
    return {**item, "metadata": {**meta, "creationTimestamp": at}}


def test_a_service_gives_its_address_its_first_port_every_named_port_and_links() -> None:
    found = values(
        environment(service("big-web", "10.96.3.3", ports=("http-alt:80", "dns:53/UDP")))
    )  # E-64

    assert {name: value for name, value in found.items() if name.startswith("BIG")} == {
        "BIG_WEB_SERVICE_HOST": "10.96.3.3",
        "BIG_WEB_SERVICE_PORT": "80",
        "BIG_WEB_SERVICE_PORT_HTTP_ALT": "80",
        "BIG_WEB_SERVICE_PORT_DNS": "53",
        "BIG_WEB_PORT": "tcp://10.96.3.3:80",
        "BIG_WEB_PORT_80_TCP": "tcp://10.96.3.3:80",
        "BIG_WEB_PORT_80_TCP_PROTO": "tcp",
        "BIG_WEB_PORT_80_TCP_PORT": "80",
        "BIG_WEB_PORT_80_TCP_ADDR": "10.96.3.3",
        "BIG_WEB_PORT_53_UDP": "udp://10.96.3.3:53",
        "BIG_WEB_PORT_53_UDP_PROTO": "udp",
        "BIG_WEB_PORT_53_UDP_PORT": "53",
        "BIG_WEB_PORT_53_UDP_ADDR": "10.96.3.3",
    }


def test_the_primary_address_counts_and_one_of_ipv6_stands_in_brackets() -> None:
    found = values(environment(service("web", "fd00:10:96::5", "10.96.3.3")))  # E-64

    assert found["WEB_SERVICE_HOST"] == found["WEB_PORT_80_TCP_ADDR"] == "fd00:10:96::5"
    assert found["WEB_PORT"] == "tcp://[fd00:10:96::5]:80"


def test_only_services_of_the_namespace_with_an_address_count_and_the_api_servers() -> None:
    found = environment(
        headless("peers"),
        external("mail", "mail.example.com"),
        service("pending"),
        service("other", "10.96.4.4", namespace="default"),
    )  # E-64

    assert {variable.service.name for variable in found.variables} == {"kubernetes"}
    assert values(found)["KUBERNETES_SERVICE_PORT_HTTPS"] == "443"


def test_without_service_links_only_the_api_server_is_told_of() -> None:
    found = environment(service("web", "10.96.3.3"), enableServiceLinks=False)  # E-64

    assert values(found)["KUBERNETES_SERVICE_HOST"] == "10.96.0.1"
    assert not any(name.startswith("WEB") for name in values(found))


def test_a_service_called_kubernetes_hides_the_api_server_in_its_own_namespace() -> None:
    mine = service("kubernetes", "10.96.9.9")

    assert values(environment(mine))["KUBERNETES_SERVICE_HOST"] == "10.96.9.9"  # E-64
    linked = environment(mine, enableServiceLinks=False)
    assert values(linked)["KUBERNETES_SERVICE_HOST"] == "10.96.0.1"


def test_a_service_made_after_the_pod_started_is_not_told_of() -> None:
    early = made(service("early", "10.96.3.3"), "2026-01-01T00:00:00Z")
    late = made(service("late", "10.96.3.4"), "2026-01-01T00:00:02Z")
    found = environment(early, late, started="2026-01-01T00:00:01Z")  # E-64

    assert "EARLY_SERVICE_HOST" in values(found)
    assert "LATE_SERVICE_HOST" not in values(found)
    assert [key.name for key in found.late] == ["late"]
