"""The one door in: every write to a cluster's objects, whoever asks.

Every call names its `actor` (a user name, `netviz-engine`, ...), runs in one transaction, and
raises ApiError subclasses in the apiserver's words; then nothing is written. `dry_run` does
everything but save.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from typing import Literal, TypeAlias

from cluster.catalog import KINDS
from cluster.engine.admission import Mode
from cluster.engine.reading import FieldValidation
from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.machinery.repeated import NOTHING_REPEATED, Repeated
from cluster.questions.importing import node_named
from cluster.store import collect, operations
from cluster.store.apply import apply as apply_in
from cluster.store.importing import adapted
from cluster.store.results import Deletion, Operation, Options, PatchType, Propagation, Written
from cluster.store.server_apply import server_apply as server_apply_in
from cluster.store.transaction import Transaction, transact

Subresource: TypeAlias = Literal["", "status"]


def create(
    *,
    cluster: str,
    document: JSON,
    actor: str,
    namespace: str = "",
    field_validation: FieldValidation = "Warn",
    mode: Mode = "api",
    field_manager: str = "",
    repeated: Repeated = NOTHING_REPEATED,
    dry_run: bool = False,
) -> Written:
    """Create an object as a POST of `document` (in `namespace`) does.

    Raises BadRequest, NotFound or Forbidden about its Namespace, Invalid, AlreadyExists, in the
    order of A-39. `field_manager` is to own its fields; without one they are not tracked.
    """
    options = Options(
        namespace=namespace,
        field_validation=field_validation,
        mode=mode,
        field_manager=field_manager,
        repeated=repeated,
    )
    return transact(
        cluster, actor, lambda tx: operations.create(tx, document, options), dry_run=dry_run
    )


def replace(
    *,
    cluster: str,
    document: JSON,
    actor: str,
    address: Key | None = None,
    subresource: Subresource = "",
    field_validation: FieldValidation = "Warn",
    field_manager: str = "",
    repeated: Repeated = NOTHING_REPEATED,
    dry_run: bool = False,
) -> Written:
    """Replace an object as a PUT of `document` to `address` does (default: its own address).

    A resourceVersion in the document that is no longer the stored one raises Conflict (A-31).
    `subresource` "status" changes the status alone.
    """
    options = Options(
        namespace=address.namespace if address else "",
        field_validation=field_validation,
        field_manager=field_manager,
        repeated=repeated,
    )
    return transact(
        cluster,
        actor,
        lambda tx: operations.replace(
            tx, document, options, address=address, subresource=subresource
        ),
        dry_run=dry_run,
    )


def patch(
    *,
    cluster: str,
    address: Key,
    change: JSON,
    patch_type: PatchType,
    actor: str,
    subresource: Subresource = "",
    field_validation: FieldValidation = "Warn",
    field_manager: str = "",
    repeated: Repeated = NOTHING_REPEATED,
    owner_subresource: str = "",
    dry_run: bool = False,
) -> Written:
    """Change an object by a JSON, merge or strategic patch; raises NotFound, Invalid, Conflict.

    `owner_subresource` names the subresource (`scale`) that `field_manager` wrote through.
    """
    options = Options(
        field_validation=field_validation,
        field_manager=field_manager,
        repeated=repeated,
        owner_subresource=owner_subresource,
    )
    return transact(
        cluster,
        actor,
        lambda tx: operations.patch(
            tx, address, change, patch_type, options, subresource=subresource
        ),
        dry_run=dry_run,
    )


def scale(
    *, cluster: str, address: Key, replicas: int, actor: str, dry_run: bool = False
) -> Written:
    """Set an object's number of replicas; raises NotFound, also where its kind has none."""
    return transact(
        cluster,
        actor,
        lambda tx: operations.scale(tx, address, replicas, Options()),
        dry_run=dry_run,
    )


def server_apply(
    *,
    cluster: str,
    address: Key,
    document: JSON,
    actor: str,
    field_manager: str,
    force: bool = False,
    subresource: Subresource = "",
    dry_run: bool = False,
) -> Written:
    """Apply `document` on the server's side as `field_manager`; creates the object too.

    Raises BadRequest; `machinery.ownership.Untypable` (500) for an unknown field or an element
    twice, whatever field validation says (J-16); Conflict with a cause per field where other
    managers own what would change, unless `force`; and what storing the result raises.
    """
    options = Options(namespace=address.namespace, field_manager=field_manager)
    return transact(
        cluster,
        actor,
        lambda tx: server_apply_in(
            tx, address, document, options, force=force, subresource=subresource
        ),
        dry_run=dry_run,
    )


def apply(
    *,
    cluster: str,
    document: JSON,
    actor: str,
    namespace: str = "",
    field_validation: FieldValidation = "Strict",
    mode: Mode = "api",
    dry_run: bool = False,
) -> Written:
    """Create or merge `document` as `kubectl apply` does on the client's side."""
    options = Options(namespace=namespace, field_validation=field_validation, mode=mode)
    return transact(cluster, actor, lambda tx: apply_in(tx, document, options), dry_run=dry_run)


def delete(
    *,
    cluster: str,
    address: Key,
    actor: str,
    propagation: Propagation = "Background",
    grace_seconds: int | None = None,
    uid: str | None = None,
    resource_version: str | None = None,
    dry_run: bool = False,
) -> Written:
    """Delete an object; the answer's verb is `deleted`, or `terminating` where it must wait.

    Raises NotFound, Forbidden (protected Namespaces), Conflict where `uid` or `resource_version`
    is not the stored one.
    """
    deletion = Deletion(propagation, grace_seconds, uid, resource_version)
    return transact(
        cluster,
        actor,
        lambda tx: collect.delete(tx, operations.kind_of(address), address, deletion),
        dry_run=dry_run,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document of a batch: `written`, or `error` with nothing written."""

    written: Written | None = None
    error: ApiError | None = None


_OPERATIONS: dict[Operation, Callable[[Transaction, JSON, Options], Written]] = {
    "create": operations.create,
    "put": operations.put,
    "apply": apply_in,
}


def write_batch(
    *,
    cluster: str,
    documents: Sequence[JSON],
    actor: str,
    operation: Operation = "apply",
    options: Options | None = None,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    along: Callable[[Transaction, list[Outcome]], None] | None = None,
) -> list[Outcome]:
    """Write many documents in one transaction; returns an outcome for each, in their order.

    A refused document does not stop the others, unless `all_or_nothing`: then nothing is written
    as soon as one is refused, and the outcomes still tell what each would have come to. `along`
    runs last within the transaction, for rows that must be saved with the objects.
    """
    chosen = options or Options()

    def work(tx: Transaction) -> list[Outcome]:
        outcomes = write_in(tx, documents, operation, chosen)
        if all_or_nothing and any(outcome.error for outcome in outcomes):
            raise _Refused(outcomes)
        if along is not None and not dry_run:
            along(tx, outcomes)
        return outcomes

    try:
        return transact(cluster, actor, work, dry_run=dry_run)
    except _Refused as refused:
        return refused.outcomes


def write_in(
    tx: Transaction, documents: Sequence[JSON], operation: Operation, options: Options
) -> list[Outcome]:
    """Write documents in an open transaction; returns an outcome for each."""
    write = _OPERATIONS[operation]
    tx.prefetch(_addresses(documents, options))
    outcomes: list[Outcome] = []
    for document in documents:
        try:
            fitting, notices = adapted(tx, document, options)
            written = write(tx, fitting, options)
            outcomes.append(
                Outcome(written=replace_fields(written, warnings=(*notices, *written.warnings)))
            )
        except ApiError as error:
            outcomes.append(Outcome(error=error))
    return outcomes


def _addresses(documents: Sequence[JSON], options: Options) -> Iterator[Key]:
    """Yield the addresses of the documents, and of the Nodes that uploaded Pods name.

    As far as they can be told without reading the documents.
    """
    for document in documents:
        if not isinstance(document, dict):
            continue
        name, meta = document.get("kind"), document.get("metadata")
        if not isinstance(name, str) or name not in KINDS or not isinstance(meta, dict):
            continue
        namespace = meta.get("namespace") or options.namespace or "default"
        yield KINDS[name].key(str(namespace), str(meta.get("name") or ""))
        if options.mode == "import" and (node := node_named(document)):
            yield KINDS["Node"].key("", node)


class _Refused(Exception):
    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.outcomes = outcomes
