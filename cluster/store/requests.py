"""Requests for admission: where time, identities and random suffixes enter."""

from __future__ import annotations

import secrets
import uuid

from cluster.engine.admission import Managed, Mode, Request
from cluster.engine.engine import SUFFIX_ALPHABET
from cluster.machinery.kind import Kind
from cluster.store.transaction import Transaction

SUFFIX_LENGTH = 5


def request_for(
    tx: Transaction,
    kind: Kind,
    namespace: str,
    *,
    name: str = "",
    subresource: str = "",
    mode: Mode = "api",
    managed: Managed | None = None,
) -> Request:
    """Return the admission request of one write in `tx`."""
    home = namespace or "default"
    return Request(
        kind=kind,
        namespace=namespace,
        now=tx.now,
        uid=lambda: str(uuid.uuid4()),
        suffix=suffix,
        name=name,
        subresource=subresource,
        mode=mode,
        managed=managed,
        is_taken=lambda wanted: tx.find(kind.key(home, wanted)) is not None,
    )


def suffix() -> str:
    """Return five random characters as generateName appends them."""
    return "".join(secrets.choice(SUFFIX_ALPHABET) for _ in range(SUFFIX_LENGTH))
