"""An answer of the question `dns` as dig prints answers."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.machinery.manifest import Manifest, integer_at, mappings_at, text_at, texts_at

SECTIONS = ("answer", "authority", "additional")


def to_text(answer: Manifest, name: str, type_: str, resolver: Manifest | None = None) -> str:
    """Return the lines of an answer to `name` and `type_`.

    `resolver` is the answer to `resolvconf` of the Pod that asked: what it was told, and each of
    its queries, then stand first.
    """
    lines = [f"; <<>> netviz dig <<>> {name} {type_}"]
    queries = mappings_at(answer, "queries")
    if resolver is not None:
        lines += _asked_by(resolver, queries)
    counts = ", ".join(f"{word.upper()}: {len(mappings_at(answer, word))}" for word in SECTIONS)
    final = text_at(queries[-1], "name") if queries else None
    lines += [
        f";; ->>HEADER<<- opcode: QUERY, status: {text_at(answer, 'rcode')}",
        f";; QUERY: 1, {counts}",
        "",
        ";; QUESTION SECTION:",
        f";{final or _absolute(name)}  IN  {type_}",
    ]
    for word in SECTIONS:
        found = mappings_at(answer, word)
        if found:
            lines += ["", f";; {word.upper()} SECTION:", *_lines(found)]
    return "\n".join(lines) + "\n"


def to_short(answer: Manifest) -> str:
    """Return the data of the answer alone, a record a line, as `dig +short`."""
    return "".join(f"{text_at(record, 'data')}\n" for record in mappings_at(answer, "answer"))


def _asked_by(resolver: Manifest, queries: list[Manifest]) -> Iterator[str]:
    """Yield what the Pod's resolver was told and what it asked, in order."""
    yield from (f"; {line}" for line in (text_at(resolver, "text") or "").splitlines())
    yield ""
    yield ";; QUERIES SENT:"
    width = max((len(text_at(query, "name") or "") for query in queries), default=0)
    for query in queries:
        name, type_, rcode = (text_at(query, word) or "" for word in ("name", "type", "rcode"))
        yield f";{name:<{width}} {type_:<5} {rcode}"
    if not texts_at(resolver, "nameservers"):
        yield ";the Pod has no name server"
    yield ""


def _lines(records: list[Manifest]) -> Iterator[str]:
    """Yield the records as a zone file has them, names as wide as the longest."""
    names = [text_at(record, "name") or "" for record in records]
    width = max(map(len, names))
    for name, record in zip(names, records, strict=True):
        ttl, type_ = integer_at(record, "ttl"), text_at(record, "type")
        yield f"{name:<{width}}  {ttl}  IN  {type_:<5} {text_at(record, 'data')}"


def _absolute(name: str) -> str:
    return name if name.endswith(".") else f"{name}."
