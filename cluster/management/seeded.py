"""A settled cluster in memory from the paths of a command line, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.machinery.decode import Document
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import EMPTY, dual_stack, parse_settings
from cluster.management.inputs import printable, read_documents
from cluster.questions.seeded import Refused, Seeded
from cluster.questions.seeding import seed


@dataclass(frozen=True, slots=True)
class Loaded:
    """The cluster, and for each refusal or notice one printable line."""

    seeded: Seeded
    refusals: list[str]
    notices: list[str]


def load(
    paths: Iterable[str],
    *,
    is_dual_stack: bool = False,
    namespace: str = "",
    with_dns_server: bool = False,
) -> Loaded:
    """Return the cluster that the manifests in `paths` make; raises UnreadablePath."""
    found = read_documents(paths)
    readable = [item for item in found if item.manifest is not None]
    refusals = [_problem(item) for item in found if item.problem is not None]
    notices = [f"{_place(item)}: {item.notice}" for item in found if item.notice]
    settings = parse_settings(dual_stack({}) if is_dual_stack else EMPTY)
    objects: list[JSON] = [within(item.manifest, namespace) for item in readable]
    seeded = seed(objects, settings, mode="import", with_dns_server=with_dns_server)
    for refused in seeded.refused:
        line = _refusal(readable[refused.index], refused)
        (notices if refused.is_unknown_kind else refusals).append(line)
    notices += [
        f"{_place(readable[index])}: {text}" for index, text in seeded.notices if index >= 0
    ]
    return Loaded(
        seeded,
        [printable(line) for line in refusals],
        [printable(line) for line in notices],
    )


def within(manifest: Manifest | None, namespace: str) -> JSON:
    """Put an object that names no namespace into `namespace`, if one is given."""
    if not namespace or not isinstance(manifest, dict):
        return manifest
    meta = manifest.get("metadata")
    if isinstance(meta, dict) and not meta.get("namespace"):
        return manifest | {"metadata": meta | {"namespace": namespace}}
    return manifest


def _place(document: Document) -> str:
    return f"{document.file}:{document.line}"


def _problem(document: Document) -> str:
    problem = document.problem
    assert problem is not None  # noqa: S101 - only documents with a problem come here
    field = f"{problem.field}: " if problem.field else ""
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    return f"{document.file}:{problem.line}: {field}{problem.message}{remedy}"


def _refusal(document: Document, refused: Refused) -> str:
    return f"{_place(document)}: {refused.object}: {refused.error.message}"
