"""An answer of the question `ingress` as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    texts_at,
)

MEANINGS = {200: "answered", 404: "no rule and no default backend", 503: "nobody can answer"}
LISTED = 8
"""Endpoints named one by one; more are counted."""


def to_text(answer: Manifest, url: str) -> str:
    """Return the lines of an answer: what becomes of the request, then why."""
    status = integer_at(answer, "status") or 0
    return "".join(f"{line}\n" for line in (
        f"{url}: {status} {MEANINGS.get(status, '')}".rstrip(),
        *(f"  {name:<10} {text}" for name, text in _rows(answer)),
        "why",
        *(f"  {_reason(reason)}" for reason in mappings_at(answer, "why")),
    ))  # fmt: skip


def _rows(answer: Manifest) -> Iterator[tuple[str, str]]:
    ingress = text_at(answer, "ingress")
    if ingress is not None:
        yield "Ingress", f"{ingress} {text_at(answer, 'rule')}"
    backend = mapping_at(answer, "backend") if answer["backend"] is not None else {}
    if backend:
        yield (
            "Service",
            (
                f"{text_at(backend, 'namespace')}/{text_at(backend, 'service')} "
                f"port {backend['port']}"
            ),
        )
    endpoints = texts_at(answer, "endpoints")
    if endpoints:
        more = f" and {len(endpoints) - LISTED} more" if len(endpoints) > LISTED else ""
        yield "endpoints", ", ".join(endpoints[:LISTED]) + more
    secret = text_at(answer, "tls_secret")
    if secret is not None:
        yield "TLS secret", secret
    addresses = texts_at(answer, "ingress_status_addresses")
    if addresses:
        yield "address", ", ".join(addresses)


def _reason(reason: Manifest) -> str:
    """Return one reason with the object, field and value it rests on."""
    text, name, path, value = (
        text_at(reason, w) or "" for w in ("text", "object", "path", "value")
    )
    place = " ".join(word for word in (name, path) if word)
    if place and value:
        place = f"{place} = {value}"
    return f"{text} [{place}]" if place else text
