"""What writes are asked with and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.engine.admission import Mode
from cluster.engine.reading import FieldValidation
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.repeated import NOTHING_REPEATED, Repeated

Verb: TypeAlias = Literal["created", "configured", "unchanged", "deleted", "terminating"]
Propagation: TypeAlias = Literal["Background", "Foreground", "Orphan"]
PatchType: TypeAlias = Literal["json", "merge", "strategic"]
Operation: TypeAlias = Literal["create", "put", "apply"]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to.

    `manifest` is what is stored, resourceVersion included (of a removed object: as it was last);
    `revision` is the object's. `warnings` are for whoever asked: kubectl prints them, pages show
    them. `verb` is `configured` for any change of an object that was there; `paths` names the
    fields that it changed.
    """

    verb: Verb
    key: Key
    manifest: Manifest
    revision: int
    warnings: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How a document is taken in; see `cluster.engine.admission.Request` for `mode`.

    `namespace` is the request's, for documents that name none. `annotate` lets apply remember the
    document as kubectl does. `makes_namespaces` creates a Namespace that is only mentioned.
    `repeated` is what the text of the document sets twice: field validation looks at it too.
    `field_manager` is who owns the fields that the write sets: objects made without one are not
    tracked until someone applies to them. `owner_subresource` names the subresource of that entry
    (`scale`), where it is not the one that is written.
    """

    namespace: str = ""
    field_manager: str = ""
    owner_subresource: str = ""
    mode: Mode = "api"
    field_validation: FieldValidation = "Warn"
    repeated: Repeated = NOTHING_REPEATED
    annotate: bool = True
    makes_namespaces: bool = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """How an object is deleted; None means the kind's own grace period or no precondition."""

    propagation: Propagation = "Background"
    grace_seconds: int | None = None
    uid: str | None = None
    resource_version: str | None = None
