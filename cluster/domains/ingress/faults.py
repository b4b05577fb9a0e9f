"""What is worth telling about one Ingress at one moment."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.ingress.finding_texts import (
    CLASSLESS,
    NO_CERTIFICATE,
    NO_CLASS,
    NO_ENDPOINT,
    NO_PATHS,
    NO_PORT,
    NO_SECRET,
    NO_SERVICE,
    OTHER_CONTROLLER,
    OTHER_SECRET,
    PATTERN,
    RESOURCE,
    SHADOWED,
    TLS_WITHOUT_RULE,
)
from cluster.domains.ingress.ingress import (
    CLASS_ANNOTATION,
    IMPLEMENTATION_SPECIFIC,
    Backend,
    Ingress,
)
from cluster.domains.ingress.precedence import older_route
from cluster.domains.ingress.serving import serving
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service, ServicePort
from cluster.domains.workload.records import Secret
from cluster.machinery.findings import Finding, FindingRule
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import Gap, joined, say

PATTERN_CHARACTERS = frozenset("()[]{}^$|*\\")
PATTERN_ANNOTATIONS = frozenset(
    f"nginx.ingress.kubernetes.io/{name}" for name in ("use-regex", "rewrite-target")
)
TLS_TYPE = "kubernetes.io/tls"


def faults(ingress: Ingress, snapshot: Snapshot) -> list[Finding]:
    """Return the findings about `ingress`, sorted."""
    key = snapshot.key_of(ingress)
    found = [*_class(ingress, key, snapshot), *_hosts(ingress, key), *_paths(ingress, key)]
    for path, backend in ingress.backends():
        found += _backend(ingress, key, path, backend, snapshot)
    found += _shadows(ingress, key, snapshot)
    found += _certificates(ingress, key, snapshot)
    return sorted(found)


def _finding(rule: FindingRule, key: Key, path: str, message: str, value: str = "") -> Finding:
    return Finding(key, rule.id, path, message, rule.severity, value)


def _class(ingress: Ingress, key: Key, snapshot: Snapshot) -> Iterator[Finding]:
    word = ingress.class_word or ""
    path = "spec.ingressClassName"
    if ingress.class_name is None and ingress.class_annotation is not None:
        path = f"metadata.annotations[{CLASS_ANNOTATION}]"
    answer = serving(ingress, snapshot)
    match answer.outcome:
        case "no such class":
            text = (
                say("No IngressClass is called {word}.", word=word)
                if word
                else say("The class is empty.")
            )
            yield _finding(NO_CLASS, key, path, text, word)
        case "no class":
            yield _finding(CLASSLESS, key, path, say("No class is set, and IngressClasses exist."))
        case "other controller":
            text = say(
                "The class {word} belongs to {controller}.",
                word=word,
                controller=answer.controller,
            )
            yield _finding(OTHER_CONTROLLER, key, path, text, word)
        case "served":
            return


def _hosts(ingress: Ingress, key: Key) -> Iterator[Finding]:
    """Tell hosts without paths (G-2), and TLS hosts that no rule is for (G-38)."""
    for index, rule in enumerate(ingress.rules):
        if not rule.paths:
            goes = say("default backend") if ingress.default_backend is not None else "404"
            text = say(
                "Requests for {host} have no paths here: {goes}.",
                host=rule.host or say("every host"),
                goes=goes,
            )
            yield _finding(NO_PATHS, key, f"spec.rules[{index}]", text, rule.host)
    certified = [host for tls in ingress.tls for host in tls.hosts]
    if certified and all(tls.hosts for tls in ingress.tls):
        for index, rule in enumerate(ingress.rules):
            if rule.host and not any(_overlap(rule.host, host) for host in certified):
                text = say("spec.tls has no certificate for {host}.", host=rule.host)
                yield _finding(NO_CERTIFICATE, key, f"spec.rules[{index}].host", text, rule.host)
    hosts = {rule.host for rule in ingress.rules}
    if "" in hosts or ingress.default_backend is not None:
        return
    for index, tls in enumerate(ingress.tls):
        for position, host in enumerate(tls.hosts):
            if not any(_overlap(host, other) for other in hosts):
                path = f"spec.tls[{index}].hosts[{position}]"
                yield _finding(
                    TLS_WITHOUT_RULE, key, path, say("No rule is for {host}.", host=host), host
                )


def _paths(ingress: Ingress, key: Key) -> Iterator[Finding]:
    """Tell patterns that are compared as text (G-24, G-25).

    Annotations may make a controller read patterns everywhere, so they silence this.
    """
    if not PATTERN_ANNOTATIONS.isdisjoint(ingress.meta.annotations):
        return
    for route in ingress.routes():
        path = route.path
        if path.path_type != IMPLEMENTATION_SPECIFIC and PATTERN_CHARACTERS & set(path.path):
            text = say(
                "{path_type} compares {path} as it is written.",
                path_type=path.path_type,
                path=path.path,
            )
            yield _finding(PATTERN, key, f"{route.where}.path", text, path.path)


def _overlap(one: str, other: str) -> bool:
    """Whether two hosts can mean the same name; a wildcard covers exactly one label (G-21)."""
    if one == other:
        return True
    for wildcard, host in ((one, other), (other, one)):
        if wildcard.startswith("*.") and host.partition(".")[2] == wildcard[2:]:
            return True
    return False


def _backend(
    ingress: Ingress, key: Key, path: str, backend: Backend, snapshot: Snapshot
) -> Iterator[Finding]:
    """Tell a backend that cannot answer (G-35 to G-37)."""
    if backend.service is None or backend.port is None:
        yield _finding(
            RESOURCE,
            key,
            f"{path}.resource",
            say("The backend is {backend}.", backend=str(backend)),
        )
        return
    namespace, name = ingress.meta.namespace, backend.service
    service = snapshot.get(Service, namespace, name)
    if service is None:
        text = say("Service {namespace}/{name} does not exist.", namespace=namespace, name=name)
        yield _finding(NO_SERVICE, key, f"{path}.service.name", text, name)
        return
    port = service.port(backend.port)
    if port is None:
        yield _no_port(key, path, backend.port, service)
    elif not service.is_external_name and not has_endpoint(service, port, snapshot):
        text = say(
            "Service {namespace}/{name} has no endpoint for port {port}.",
            namespace=namespace,
            name=name,
            port=backend.port,
        )
        yield _finding(NO_ENDPOINT, key, f"{path}.service", text, str(backend))


def _no_port(key: Key, path: str, port: int | str, service: Service) -> Finding:
    field = "name" if isinstance(port, str) else "number"
    known = joined(
        ", ",
        (
            f"{known.port} ({known.name})" if known.name else str(known.port)
            for known in service.ports
        ),
    )
    targets = [known for known in service.ports if known.target_port == port]
    gaps: dict[str, Gap] = {
        "namespace": service.meta.namespace, "name": service.meta.name, "port": port,
        "known": known or say("none"),
    }  # fmt: skip
    text = say("Service {namespace}/{name} has no port {port}: it has {known}.", **gaps)
    if targets:
        text = say(
            "Service {namespace}/{name} has no port {port}: it has {known}; "
            "{port} is the target port of {number}.",
            number=targets[0].port,
            **gaps,
        )
    return _finding(NO_PORT, key, f"{path}.service.port.{field}", text, str(port))


def has_endpoint(service: Service, port: ServicePort, snapshot: Snapshot) -> bool:
    """Whether a controller finds someone to send to: ready, or terminating and serving (G-34)."""
    key = (service.meta.namespace, service.meta.name)
    return any(
        (known.name or "") == port.name and known.protocol == port.protocol and answers(piece)
        for piece in snapshot.lookup(EndpointSlice, "service", key)
        for known in piece.ports
    )


def answers(piece: EndpointSlice) -> bool:
    """Whether any endpoint of a slice takes requests."""
    return any(
        endpoint.is_ready or (endpoint.is_serving and endpoint.is_terminating)
        for endpoint in piece.endpoints
    )


def _shadows(ingress: Ingress, key: Key, snapshot: Snapshot) -> Iterator[Finding]:
    """Tell routes that are never used because an older one is equal (G-30)."""
    for route in ingress.routes():
        older = older_route(ingress, route, snapshot)
        if older is None:
            continue
        winner, where = older
        place = f"Ingress {winner.meta.namespace}/{winner.meta.name} {where}"
        text = say(
            "{host}{path} is already routed by {place}.",
            host=route.host or "*",
            path=route.path.path or "/",
            place=place,
        )
        yield _finding(SHADOWED, key, route.where, text, place)


def _certificates(ingress: Ingress, key: Key, snapshot: Snapshot) -> Iterator[Finding]:
    for index, tls in enumerate(ingress.tls):
        if not tls.secret_name:
            continue
        path = f"spec.tls[{index}].secretName"
        named = Key("", "Secret", ingress.meta.namespace, tls.secret_name)
        secret = snapshot.get(Secret, named.namespace, named.name)
        if secret is None:
            yield _finding(
                NO_SECRET,
                key,
                path,
                say("{named} does not exist.", named=str(named)),
                tls.secret_name,
            )
        elif secret.type not in {TLS_TYPE, "Opaque"}:
            text = say(
                "{named} is of type {type}, not {wanted}.",
                named=str(named),
                type=secret.type,
                wanted=TLS_TYPE,
            )
            yield _finding(OTHER_SECRET, key, path, text, tls.secret_name)
