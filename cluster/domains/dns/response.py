"""What a DNS server sends back: records, and an answer made of them.

Names are absolute: they end in a dot. Data is text as a zone file has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from cluster.machinery.manifest import JSON, Manifest

Rcode: TypeAlias = Literal["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "REFUSED"]
ADDRESS_TYPES = ("A", "AAAA")


class Record(NamedTuple):
    """One record; `ttl` in seconds."""

    name: str
    type: str
    ttl: int
    data: str

    def answer(self) -> Manifest:
        """The record as JSON."""
        return {"name": self.name, "type": self.type, "ttl": self.ttl, "data": self.data}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; `is_authoritative` where the cluster's own zones gave it (E-2)."""

    rcode: Rcode
    answer: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()
    is_authoritative: bool = False

    @property
    def is_nodata(self) -> bool:
        """The name exists, and has nothing of the type that was asked for (E-2)."""
        return self.rcode == "NOERROR" and not self.answer

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in the answer, in its order."""
        return tuple(record.data for record in self.answer if record.type in ADDRESS_TYPES)

    def json(self) -> Manifest:
        """The JSON of the question `dns`."""
        return {
            "rcode": self.rcode,
            "answer": _listed(self.answer),
            "authority": _listed(self.authority),
            "additional": _listed(self.additional),
        }


def _listed(records: Iterable[Record]) -> list[JSON]:
    return [record.answer() for record in records]


def absolute(name: str) -> str:
    """Return `name` with the dot that ends an absolute name."""
    return name if name.endswith(".") else name + "."
