"""The one way to the tables: write, read, log, derived objects and garbage collection.

Admin, upload, API, commands and the engine all write through here; each write is decoded,
defaulted, checked and recorded in the cluster's log within one transaction. Refusals are the
ApiErrors of `cluster.machinery.errors`; arguments are keyword-only and every write names an actor.

Writing (`write`): `create`, `replace`, `patch`, `apply` (kubectl's, on the client's side),
`server_apply`, `scale`, `delete` answer `Written`; `write_batch` takes many documents in one
transaction and answers an `Outcome` for each.

Reading (`read`): `get`, `list_objects` (chunks, filters, at a revision), `object_at`,
`snapshot_at`, `count`. Manifests carry their resourceVersion.

The log (`log`): `tail` since a revision (raises Gone: list again), `history` of one object,
`recent`, `revision_of`, `revision_at` a time, `trim`. Where objects stand in it (`standing`):
`standings`, and the last `writes` of one.

Clusters (`clusters`, `handles`): `find_cluster`, `all_clusters`; `make_cluster`, `edit_cluster`,
`copy_cluster`, `reset_cluster`, `delete_cluster`.

What the engine saves (`derived`): `events`, `engine_status`. Imports (`imports`):
`start_import`, `import_jobs`, `find_import`, `cancel_import`, `import_results`; the engine
process carries them out. Plans (`plans`): what was planned and what it came to, kept for links.

Findings (`sightings`, `mutes`): `sightings` since when, `see`; `mutes`, `mute`, `unmute`.

`announce.listen` tells a process of its own commits; `cluster.runtime` brings those of others.
"""

from cluster.store.announce import listen
from cluster.store.clusters import copy as copy_cluster
from cluster.store.clusters import delete as delete_cluster
from cluster.store.clusters import edit as edit_cluster
from cluster.store.clusters import make as make_cluster
from cluster.store.clusters import reset as reset_cluster
from cluster.store.collection import delete_collection
from cluster.store.derived import (
    EngineStatus,
    Failure,
    SeenEvent,
    engine_status,
    events,
    events_where,
    tell_event,
)
from cluster.store.handles import ClusterHandle, all_clusters, find_cluster
from cluster.store.log import (
    HistoryEntry,
    LogEntry,
    LoggedChange,
    changes,
    history,
    recent,
    revision_at,
    revision_of,
    tail,
    trim,
)
from cluster.store.mutes import Muted, mute, mutes, unmute
from cluster.store.read import Page, count, get, get_many, list_objects, object_at, snapshot_at
from cluster.store.results import (
    Deletion,
    Operation,
    Options,
    PatchType,
    Propagation,
    Verb,
    Written,
)
from cluster.store.sightings import Identity, identity, see, sightings
from cluster.store.standing import Standing, Writes, standings, writes
from cluster.store.stored import Stored, with_resource_version
from cluster.store.transaction import Transaction, transact
from cluster.store.write import (
    Outcome,
    apply,
    create,
    delete,
    patch,
    replace,
    scale,
    server_apply,
    write_batch,
)

__all__ = [
    "ClusterHandle",
    "Deletion",
    "EngineStatus",
    "Failure",
    "HistoryEntry",
    "Identity",
    "LogEntry",
    "LoggedChange",
    "Muted",
    "Operation",
    "Options",
    "Outcome",
    "Page",
    "PatchType",
    "Propagation",
    "SeenEvent",
    "Standing",
    "Stored",
    "Transaction",
    "Verb",
    "Writes",
    "Written",
    "all_clusters",
    "apply",
    "changes",
    "copy_cluster",
    "count",
    "create",
    "delete",
    "delete_cluster",
    "delete_collection",
    "edit_cluster",
    "engine_status",
    "events",
    "events_where",
    "find_cluster",
    "get",
    "get_many",
    "history",
    "identity",
    "list_objects",
    "listen",
    "make_cluster",
    "mute",
    "mutes",
    "object_at",
    "patch",
    "recent",
    "replace",
    "reset_cluster",
    "revision_at",
    "revision_of",
    "scale",
    "see",
    "server_apply",
    "sightings",
    "snapshot_at",
    "standings",
    "tail",
    "tell_event",
    "transact",
    "trim",
    "unmute",
    "with_resource_version",
    "write_batch",
    "writes",
]
