"""A settled cluster in memory from the paths of a command line, and what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cluster.machinery.decode import Document
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.settings import EMPTY, dual_stack, parse_settings
from cluster.management.inputs import printable, read_documents
from cluster.questions.seeded import Seeded
from cluster.questions.seeding import describe, seed


@dataclass(frozen=True, slots=True)
class Loaded:
    """The cluster, and for each refusal and each notice one printable line, in reading order."""

    seeded: Seeded
    refusals: list[str]
    notices: list[str]

    def tell(self, write: Callable[[str], object]) -> None:
        """Write every line, refusals first."""
        for line in (*self.refusals, *self.notices):
            write(line)


def load(
    paths: Iterable[str],
    *,
    is_dual_stack: bool = False,
    namespace: str = "",
    with_dns_server: bool = False,
) -> Loaded:
    """Return the cluster that the manifests in `paths` make; raises UnreadablePath."""
    listed = list(paths)
    found = read_documents(listed)
    places = [place for place, item in enumerate(found) if item.manifest is not None]
    settings = parse_settings(dual_stack({}) if is_dual_stack else EMPTY)
    objects: list[JSON] = [within(found[place].manifest, namespace) for place in places]
    seeded = seed(objects, settings, mode="import", with_dns_server=with_dns_server)
    refusals = [(n, _problem(item)) for n, item in enumerate(found) if item.problem is not None]
    notices = [(n, _line(item, "", "not read", item.notice.removeprefix("not read: ")))
               for n, item in enumerate(found) if item.notice]  # fmt: skip
    for refused in seeded.refused:
        place = places[refused.index]
        word = "skipped" if refused.is_unknown_kind else "refused"
        line = _line(found[place], refused.object, word, refused.error.message)
        (notices if refused.is_unknown_kind else refusals).append((place, line))
    notices += [
        (places[index], _line(found[places[index]], describe(objects[index]), "notice", text))
        for index, text in seeded.notices
        if index >= 0
    ]
    if not (objects or refusals or notices) and listed != ["-"]:  # a pipe may be empty
        notices.append((0, f"{', '.join(listed)}: notice: no manifest is there"))
    return Loaded(seeded, _in_order(refusals), _in_order(notices))


def within(manifest: Manifest | None, namespace: str) -> JSON:
    """Put an object that names no namespace into `namespace`, if one is given."""
    if not namespace or not isinstance(manifest, dict):
        return manifest
    meta = manifest.get("metadata")
    if isinstance(meta, dict) and not meta.get("namespace"):
        return manifest | {"metadata": meta | {"namespace": namespace}}
    return manifest


def _problem(document: Document) -> str:
    problem = document.problem
    assert problem is not None  # noqa: S101 - only documents with a problem come here
    field = f"{problem.field}: " if problem.field else ""
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    return f"{document.file}:{problem.line}: unreadable: {field}{problem.message}{remedy}"


def _line(document: Document, who: str, word: str, text: str) -> str:
    """Return `file:line: Kind ns/name: word: text`, as `netviz load` tells it."""
    return ": ".join(filter(None, (f"{document.file}:{document.line}", who, word, text)))


def _in_order(lines: list[tuple[int, str]]) -> list[str]:
    return [printable(line) for _place, line in sorted(lines, key=lambda pair: pair[0])]
