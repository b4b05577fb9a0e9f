"""How much an upload may ask of the reader, with the reason beside each number.

Uploads are hostile until read. A limit that is reached refuses one document or ends the reading of
one upload; it never raises past `decode.documents`.
"""

from __future__ import annotations

from dataclasses import dataclass

_KIB = 1024
_MIB = 1024 * _KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one upload (all its files together, unless said otherwise)."""

    total_bytes: int
    """Bytes of text after unpacking."""

    document_bytes: int
    """Bytes of one document; a `List` is one document."""

    documents: int
    """Documents and list items, empty documents included."""

    members: int
    """Entries of one archive, skipped ones included."""

    ratio: int
    """Bytes an archive may unpack to, per byte it has (the first MiB is free)."""

    depth: int
    """Mappings and lists inside each other, in one document."""

    alias_nodes: int
    """Values that YAML aliases may copy, over the whole upload."""

    @classmethod
    def upload(cls) -> Limits:
        """Return the limits for files of a signed-in stranger."""
        return cls(
            # A cluster of 40,000 objects dumps to about 32 MiB; held in memory as text and values.
            total_bytes=64 * _MIB,
            # The apiserver refuses requests over 3 MiB, but `kubectl get -o yaml` writes one List
            # of everything, which kubectl reads back item by item.
            document_bytes=32 * _MIB,
            # A good minute of parsing at the pace of the checked YAML reader.
            documents=100_000,
            # As many as a large repository of manifests has files.
            members=10_000,
            # Generated YAML packs about 15 to 1; text above 200 to 1 is padding.
            ratio=200,
            # CustomResourceDefinitions reach about 60. Walking a value takes one or two Python
            # frames a level, of the 1,000 there are.
            depth=200,
            # go-yaml begins to refuse aliases at 400,000 decoded values in one document.
            alias_nodes=400_000,
        )

    @classmethod
    def trusted(cls) -> Limits:
        """Return the limits for files of the operator: whole clusters, dumped or generated."""
        return cls(
            # 5,000 nodes and 150,000 Pods are 160 MiB of YAML; ten of them, or much longer Pods.
            total_bytes=2048 * _MIB,
            # The same cluster as one `kubectl get -o json` List, with room for status blocks.
            document_bytes=1024 * _MIB,
            # Ten times the 188,000 objects of the largest supported cluster.
            documents=2_000_000,
            # One file an object, for the same cluster.
            members=2_000_000,
            # Generated clusters repeat themselves; DEFLATE itself ends near 1,000 to 1.
            ratio=1_100,
            # As for uploads: it protects the reader, not the sender.
            depth=200,
            # As for uploads, times ten files.
            alias_nodes=4_000_000,
        )


@dataclass(slots=True)
class Budget:
    """What is left of the `limits` of one upload; the only mutable thing in reading."""

    limits: Limits
    bytes_read: int = 0
    documents_read: int = 0
    alias_nodes_copied: int = 0

    def take_bytes(self, count: int) -> bool:
        """Spend `count` bytes of text; False when the limit is passed."""
        self.bytes_read += count
        return self.bytes_read <= self.limits.total_bytes

    def take_document(self) -> bool:
        """Spend one document; False when the limit is passed."""
        self.documents_read += 1
        return self.documents_read <= self.limits.documents

    def take_alias_nodes(self, count: int) -> bool:
        """Spend `count` copied values; False when the limit is passed."""
        self.alias_nodes_copied += count
        return self.alias_nodes_copied <= self.limits.alias_nodes
