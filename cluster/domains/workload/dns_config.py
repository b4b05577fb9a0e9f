"""`spec.dnsConfig` of a Pod: what it adds to its resolver. Source: core/v1 `PodDNSConfig`."""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

from cluster.machinery.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at


class DNSOption(NamedTuple):
    """One resolver option; `value` is empty where it has none (`edns0`)."""

    name: str
    value: str = ""

    def __str__(self) -> str:
        """`ndots:5`, `edns0`."""
        return f"{self.name}:{self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True)
class DNSConfig:
    """Name servers, search domains and options, in the order written."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[DNSOption, ...] = ()


def parse_dns_config(spec: Manifest) -> DNSConfig | None:
    """Return the `dnsConfig` of a Pod's spec, None where it has none."""
    if spec.get("dnsConfig") is None:
        return None
    config = mapping_at(spec, "dnsConfig")
    return DNSConfig(
        nameservers=tuple(map(intern, texts_at(config, "nameservers"))),
        searches=tuple(map(intern, texts_at(config, "searches"))),
        options=tuple(
            DNSOption(intern(text_at(item, "name") or ""), intern(text_at(item, "value") or ""))
            for item in mappings_at(config, "options")
        ),
    )
