"""An import in words: its sentence, its counts, its steps, and what to say of each document."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.catalog import KINDS
from cluster.machinery.drawing import State
from cluster.runtime.wording import said
from cluster.store import imports as jobs
from cluster.store.imports import Import, Result
from cluster.web.addresses import object_address
from cluster.web.words import word

ADDED, UPDATED, SKIPPED, ERRORS, UNCHANGED = "added", "updated", "skipped", "error", "unchanged"
SUMMED = (ADDED, UPDATED, SKIPPED, ERRORS)
ALL = "all"
SHOWN_AS = {
    "created": ADDED, "configured": UPDATED, "skipped": SKIPPED, "deleted": UPDATED,
    "refused": ERRORS, "unreadable": ERRORS, "unchanged": UNCHANGED,
}  # fmt: skip
STATES = {ADDED: "ok", UPDATED: "ok", UNCHANGED: "skip", SKIPPED: "skip", ERRORS: "deny"}
MOST_PATHS = 3
KILO = 1024


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an import: what it is called, how it stands, and a figure."""

    word: str
    state: State
    note: str = ""


def told(found: Import) -> dict[str, object]:
    """Return an import in words."""
    counts = counts_of(found)
    state, text, why = _sentence(found, counts)
    listed = [UNCHANGED, *SUMMED] if counts[UNCHANGED] else list(SUMMED)
    summary = " · ".join(
        _("%(number)d %(outcome)s") % {"number": counts[each], "outcome": word(each)}
        for each in listed
    )
    return {
        "job": found, "counts": counts, "summary": summary,
        "percent": round(100 * found.done / found.total) if found.total else 0,
        "verdict": {"state": state, "text": text, "why": why},
        "counters": [
            {"label": word(each), "value": counts[each], "state": counts[each] and STATES[each]}
            for each in SUMMED
        ],
    }  # fmt: skip


def way(found: Import) -> dict[str, object]:
    """Return what stands beside the list: how far the import is, and what it left out."""
    return {
        "steps": _steps(found, counts_of(found)),
        "seconds": _seconds(found),
        "dropped": _dropped(found),
        "is_long": found.total > jobs.KEPT_RESULTS,
    }


def counts_of(found: Import) -> dict[str, int]:
    """Return how many documents came out how, in the page's words."""
    counts = dict.fromkeys((ERRORS, SKIPPED, UPDATED, ADDED, UNCHANGED), 0)
    for outcome, number in found.counts.items():
        counts[SHOWN_AS.get(outcome, ERRORS)] += number
    return counts


def has_errors(found: Import) -> bool:
    """Whether a document was refused or could not be read."""
    return counts_of(found)[ERRORS] > 0


def facets(found: Import, shown: str) -> list[dict[str, object]]:
    """Return the outcomes that the list can be narrowed to, all of them first."""
    listed = [(ALL, _("all"), found.done)]
    listed += [(each, word(each), number) for each, number in counts_of(found).items() if number]
    return [
        {"word": text, "count": number, "is_on": each == shown, "href": f"?show={each}"}
        for each, text, number in listed
    ]


def row(found: Import, result: Result) -> dict[str, object]:
    """Return what a row says of one document."""
    shown = SHOWN_AS[result.outcome]
    paths = result.details.paths
    return {
        "result": result,
        "word": word(shown),
        "state": STATES[shown],
        "where": f"{result.namespace}/{result.name}" if result.namespace else result.name,
        "href": _address(found, result),
        "paths": paths[:MOST_PATHS],
        "more_paths": max(0, len(paths) - MOST_PATHS),
    }


def _address(found: Import, result: Result) -> str:
    """Return where the object is, "" where it is not, or not yet."""
    is_in = found.state == "done" and result.outcome in {"created", "configured", "unchanged"}
    if not is_in or result.kind not in KINDS:
        return ""
    return object_address(found.cluster, KINDS[result.kind].key(result.namespace, result.name))


def _sentence(found: Import, counts: dict[str, int]) -> tuple[State, str, str]:
    good = found.total - counts[ERRORS] - counts[SKIPPED]
    if found.state == "waiting":
        return "term", _("Waiting for its turn"), _("The engine reads it next.")
    if found.is_active:
        text = _("%(done)s of %(total)s documents") % {
            "done": _figure(found.done), "total": _figure(found.total),
        }  # fmt: skip
        return "term", text if found.total else _("Reading the documents"), word(found.phase)
    if found.is_held:
        return _held(good, counts, found.total)
    if found.state == "cancelled":
        return "skip", _("Nothing more is written"), _("The import was discarded or cancelled.")
    if found.state == "failed":
        return "deny", _("The import failed"), said(found.message)
    return _done(good, counts, found.total)


def _held(good: int, counts: dict[str, int], total: int) -> tuple[State, str, str]:
    errors = counts[ERRORS]
    if good == 0:
        text = ngettext(
            "The document cannot be taken", "None of %(total)s documents can be taken", total
        )
        why = _("Nothing is written. Mend what is named below, and import it again.")
        return "deny", text % {"total": _figure(total)}, why
    text = ngettext(
        "%(good)s of %(total)s documents are ready, %(errors)s needs a fix",
        "%(good)s of %(total)s documents are ready, %(errors)s need a fix",
        errors,
    ) % {"good": _figure(good), "total": _figure(total), "errors": _figure(errors)}
    sentences = [_("Nothing is written yet: keep the good ones, or discard all.")]
    if counts[SKIPPED]:
        sentences.append(_unknown(counts[SKIPPED]))
    return "warn", text, " ".join(sentences)


def _done(good: int, counts: dict[str, int], total: int) -> tuple[State, str, str]:
    if total == 0:
        why = _("The upload holds no document: it is empty, or has comments only.")
        return "warn", _("There was nothing to import"), why
    if good == 0 and not counts[ERRORS]:
        return "warn", _("No document was taken"), _unknown(counts[SKIPPED])
    text = ngettext("%(number)s document is in", "%(number)s documents are in", good)
    text %= {"number": _figure(good)}
    if counts[ERRORS]:
        rest = ngettext("%(number)s was left out.", "%(number)s were left out.", counts[ERRORS])
        return "warn", text, rest % {"number": _figure(counts[ERRORS])}
    if counts[SKIPPED]:
        return "ok", text, _unknown(counts[SKIPPED])
    return "ok", text, _("Pods, slices and records follow within moments.")


def _unknown(number: int) -> str:
    return ngettext(
        "%(number)s was skipped: its row says why.",
        "%(number)s were skipped: their rows say why.",
        number,
    ) % {"number": _figure(number)}


def _steps(found: Import, counts: dict[str, int]) -> list[Step]:
    """Return the way of an import: uploaded, read, checked, written."""
    good = counts[ADDED] + counts[UPDATED]
    read = ngettext("%(number)s document", "%(number)s documents", found.total)
    mistakes = ngettext("%(number)s error", "%(number)s errors", counts[ERRORS])
    written = ngettext("%(number)s object", "%(number)s objects", good)
    is_over = not found.is_active
    is_read = is_over or found.phase == "applying"
    checked: State = "warn" if counts[ERRORS] else "ok"
    ended: dict[str, State] = {"done": "ok", "failed": "deny", "cancelled": "skip"}
    return [
        Step(_("Uploaded"), "ok", _size(found.options.get("bytes"))),
        Step(
            _("Read"), "ok" if is_read else "term",
            read % {"number": _figure(found.total)} if is_read else "",
        ),
        Step(
            _("Checked"), checked if is_over or found.done else "term",
            mistakes % {"number": _figure(counts[ERRORS])} if is_over or found.done else "",
        ),
        Step(
            _("Written"), ended.get(found.state, "term"),
            _("nothing yet") if found.is_held
            else written % {"number": _figure(good)} if found.state == "done" else "",
        ),
    ]  # fmt: skip


def _dropped(found: Import) -> str:
    """Say of how many objects the data was dropped, "" of none."""
    number = jobs.dropped_data(found.id)
    if not number:
        return ""
    return ngettext(
        "The data of %(number)s Secret or ConfigMap was dropped before storage.",
        "The data of %(number)s Secrets and ConfigMaps was dropped before storage.",
        number,
    ) % {"number": _figure(number)}


def _seconds(found: Import) -> str:
    waited = found.options.get("all_or_nothing") is False  # it was held until someone chose
    if found.finished is None or found.started is None or waited:
        return ""
    return f"{(found.finished - found.started).total_seconds():.1f} s"


def _size(number: object) -> str:
    """Return a size for people: `2.4 MB`."""
    if not isinstance(number, int):
        return ""
    size = float(number)
    for unit in ("B", "KB", "MB"):
        if size < KILO:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= KILO
    return f"{size:.1f} GB"


def _figure(number: int) -> str:
    return f"{number:,}"
