"""Who owns what after a write: the link from a write's options to `metadata.managedFields`.

Objects that uploads, pages, commands and the engine make name no manager and carry no entries, as
those of an apiserver's before it tracked fields: see docs/decisions/managed-fields.md.
"""

from __future__ import annotations

from cluster.engine.admission import Managed
from cluster.machinery.controllers import kept, shown, with_maker
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest, mapping_at
from cluster.machinery.ownership import Writing, tracked_update
from cluster.machinery.schema import shape_of
from cluster.store.results import Options
from cluster.store.transaction import Transaction

OURS = "netviz"
"""The manager of writes that name none, of pages and commands."""


def writing_of(tx: Transaction, kind: Kind, options: Options, subresource: str = "") -> Writing:
    """Return a write as the tracking of fields sees it."""
    return Writing(
        options.field_manager or OURS,
        kind.api_version,
        shape_of(kind.api_version, kind.kind),
        tx.now,
        options.owner_subresource or subresource,
        kind.has_status,
    )


def tracker(tx: Transaction, kind: Kind, options: Options, subresource: str = "") -> Managed:
    """Return what works out `managedFields` for a write that is no server-side apply."""
    is_named = bool(options.field_manager) and options.mode == "api"

    def managed(live: Manifest | None, new: Manifest, sent: JSON) -> list[JSON]:
        if live is None and not is_named:
            return []
        writing = writing_of(tx, kind, options, subresource)
        if live is None or not is_named:
            return kept(tracked_update(live, new, sent, writing), new, writing.shape)
        carried = with_maker(live, writing.shape)
        if isinstance(sent, list) and sent != [{}]:
            sent = kept(sent, live, writing.shape)
        if mapping_at(carried, "metadata").get("managedFields"):
            carried = shown(carried, writing.shape)
        return kept(tracked_update(carried, new, sent, writing), new, writing.shape)

    return managed
