"""A plan as its page shows it: objects with their differences, sentences with links, drafts.

What a change does is the question's to say (`cluster.questions.plan`), what is kept of it the
store's; here both get words and addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from cluster.catalog import KINDS
from cluster.machinery.kept_texts import recalled
from cluster.machinery.manifest import JSON, Manifest, flag_at, integer_at, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.machinery.texts import joined
from cluster.questions.plan.files import as_written, deletion_of, edited
from cluster.questions.plan.graph import peer_text
from cluster.questions.plan.report import rows_of
from cluster.questions.question import Given, QuestionError, bad
from cluster.questions.trace.question import traced
from cluster.runtime.asking import stored_cluster
from cluster.runtime.permissions import Access, Verb, permission
from cluster.runtime.planning import TOLD, kinds_written
from cluster.runtime.wording import said
from cluster.store.imports import Excerpt
from cluster.store.plans import KeptPlan
from cluster.web.addresses import key_of, object_address
from cluster.web.history import difference
from cluster.web.manifest_yaml import Section, render_lines, text_of
from cluster.web.tracing import trace_address

MOST_DIFFERENCES = 60
"""Objects whose difference is on the page; the others are named with their fields."""

SIGNS = {"added": "+", "changed": "~", "removed": "−"}  # noqa: RUF001 - a minus, as pages write it


@dataclass(frozen=True, slots=True)
class ObjectShown:
    """An object that a plan writes or deletes."""

    verb: str
    sign: str
    key: Key
    href: str
    fields: tuple[str, ...]
    is_remade: bool
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that a plan opens or closes, in words; addresses trace it either way."""

    source: str
    target: str
    ports: str
    why: str
    was: str
    before_href: str
    after_href: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that cannot be taken, as the page lists it."""

    file: str
    line: int
    object: str
    field: str
    message: str
    is_skipped: bool
    source: Excerpt | None


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding that comes or goes."""

    severity: str
    rule: str
    object: str
    href: str
    message: str


def objects_of(plan: KeptPlan) -> Iterator[ObjectShown]:
    """Yield the objects of a plan; those written show what differs."""
    for at, item in enumerate(rows_of(plan.result, "objects")):
        kind = text_at(item, "kind") or ""
        key = KINDS[kind].key(text_at(item, "namespace") or "", text_at(item, "name") or "")
        verb = text_at(item, "verb") or ""
        fields = item.get("fields")
        yield ObjectShown(
            verb=verb,
            sign=SIGNS[verb],
            key=key,
            href=object_address(plan.cluster, key) if verb != "added" else "",
            fields=tuple(str(name) for name in fields) if isinstance(fields, list) else (),
            is_remade=bool(flag_at(item, "remade")),
            sections=tuple(_sections(item)) if at < MOST_DIFFERENCES else (),
        )


def _sections(item: Manifest) -> list[Section]:
    before, after = item.get("before"), item.get("after")
    old = as_written(before) if isinstance(before, dict) else {}
    if not isinstance(after, dict):
        lines = tuple(replace(line, mark="del") for line in render_lines(old)) if old else ()
        return [Section("", lines)] if lines else []
    return difference(old, as_written(after))


def connections_of(plan: KeptPlan, part: str) -> Iterator[Connection]:
    """Yield what a plan has `gained` or `lost`."""
    told = _told(plan)
    for row in rows_of(plan.result, part):
        fields = {
            "from": text_at(row, "from") or "", "to": text_at(row, "to") or "",
            "port": str(integer_at(row, "port") or ""), "proto": text_at(row, "protocol") or "",
        }  # fmt: skip
        is_traced = fields["from"] and fields["to"] and fields["port"]
        yield Connection(
            source=peer_text(text_at(row, "src") or ""),
            target=peer_text(text_at(row, "dst") or ""),
            ports=told(text_at(row, "ports")),
            why=told(text_at(row, "why")),
            was=told(text_at(row, "was")),
            before_href=trace_address(plan.cluster, **fields) if is_traced else "",
            after_href=trace_address(plan.cluster, **fields, plan=plan.token) if is_traced else "",
        )


def faults_of(plan: KeptPlan) -> Iterator[Fault]:
    """Yield the documents of a plan that cannot be taken."""
    told = _told(plan)
    for item in rows_of(plan.result, "faults"):
        source = item.get("source")
        shown = None
        if isinstance(source, dict):
            line, first = integer_at(source, "line") or 1, integer_at(source, "first") or 1
            shown = Excerpt(line, first, text_at(source, "text") or "")
        yield Fault(
            file=text_at(item, "file") or "", line=integer_at(item, "line") or 1,
            object=told(text_at(item, "object")), field=text_at(item, "field") or "",
            message=told(text_at(item, "message")),
            is_skipped=bool(flag_at(item, "skipped")), source=shown,
        )  # fmt: skip


def findings_of(plan: KeptPlan, part: str) -> Iterator[FindingShown]:
    """Yield the findings that are `new` or `gone`."""
    told = _told(plan)
    for item in rows_of(mapping_at(plan.result, "findings"), part):
        name = text_at(item, "object") or ""
        key = key_of(name)
        yield FindingShown(
            severity=text_at(item, "severity") or "", rule=text_at(item, "rule") or "",
            object=name, href=object_address(plan.cluster, key) if key is not None else "",
            message=told(text_at(item, "message")),
        )  # fmt: skip


def _told(plan: KeptPlan) -> Callable[[str | None], str]:
    """Return what makes a kept string the sentence that it was."""
    held = recalled(mapping_at(plan.result, TOLD))
    return lambda text: held.get(text or "", text or "")


def data_changes(plan: KeptPlan, name: str) -> list[dict[str, str]]:
    """Return what changes of `services`, names (`dns`) or `routes`: sign, what, and its data."""
    found: list[dict[str, str]] = []
    held, told = mapping_at(plan.result, name), _told(plan)
    for part, sign in (("gained", "+"), ("changed", "~"), ("lost", "−")):  # noqa: RUF001 - as above
        for row in rows_of(held, part):
            what = _what(row, told)
            value = told(_data(row.get("data", row.get("backend", row.get("leads")))))
            if part == "changed":
                value = joined(" → ", (told(_data(row.get("was"))), told(_data(row.get("now")))))
            found.append({"sign": sign, "part": part, "what": what, "value": value})
    return found


def _what(row: Manifest, told: Callable[[str | None], str]) -> str:
    """Return what a row is about: a route, a Service's port, or a name and type."""
    if route := text_at(row, "route"):
        return route
    if service := text_at(row, "service"):
        return joined(" ", (service, told(text_at(row, "port"))))
    return f"{text_at(row, 'name')} {text_at(row, 'type')}"


def _data(value: JSON) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


# permissions


def missing_for(access: Access, text: str) -> list[str]:
    """Return the permissions that applying a text needs and a reader lacks."""
    verbs: dict[bool, tuple[Verb, ...]] = {True: ("delete",), False: ("add", "change")}
    return sorted(
        permission(verb, kind)
        for kind, is_deletion in kinds_written(text)
        for verb in verbs[is_deletion]
        if not access.may(verb, kind)
    )


# prefilled


def draft(cluster: str, given: Mapping[str, str]) -> tuple[str, str]:
    """Return the text and title that an address asks to begin with; raises QuestionError.

    `of` and `delete` name an object as `Kind/ns/name`; `from`, `to` and `step` a trace's change.
    """
    if given.get("step"):
        return _from_trace(cluster, given)
    parts: list[str] = []
    title = ""
    for field in ("of", "delete"):
        if given.get(field):
            key = object_named(given[field], field)
            manifest = _stored(cluster, key, field)
            shown = as_written(manifest) if field == "of" else deletion_of(key)
            parts.append(text_of(render_lines(shown)))
            title = _("Delete %(object)s") % {"object": key} if field == "delete" else ""
    return "---\n".join(parts), title


def object_named(text: str, field: str) -> Key:
    """Return the object that `Kind/ns/name` names; raises QuestionError."""
    kind, _slash, rest = text.strip().partition("/")
    found = KINDS.word(kind)
    namespace, _slash, name = rest.rpartition("/")
    if found is None or not name:
        raise bad(_("name an object as Kind/namespace/name: %(text)s") % {"text": text}, field)
    return found.key(namespace, name)


def _stored(cluster: str, key: Key, field: str) -> Manifest:
    with stored_cluster(cluster) as asked:
        found = asked.manifest(key)
    if found is None:
        raise QuestionError("NotFound", _("there is no %(object)s") % {"object": key}, field)
    return found


def _from_trace(cluster: str, given: Mapping[str, str]) -> tuple[str, str]:
    """Return the object that a step of a trace would change, with the smallest change made."""
    fields: Manifest = {name: given[name] for name in ("from", "to", "port") if given.get(name)}
    if given.get("proto"):
        fields["protocol"] = given["proto"]
    with stored_cluster(cluster) as asked:
        steps = traced(asked, Given(fields)).steps
        number = int(given["step"]) if given["step"].isdigit() else 0
        change = steps[number - 1].smallest_change if 0 < number <= len(steps) else None
        key = key_of(change.object) if change is not None else None
        manifest = asked.manifest(key) if key is not None else None
    if change is None or manifest is None:
        raise bad(_("that step of the trace has no change that a manifest can make"), "step")
    made = edited(as_written(manifest), change.path, change.value, appended=change.appended)
    told = said(change.text)
    head = "".join(f"# {line}\n" for line in (
        f"{given.get('from')} to {given.get('to')}, step {number}: {told}",
    ))  # fmt: skip
    return head + text_of(render_lines(made)), told[:1].upper() + told[1:]
