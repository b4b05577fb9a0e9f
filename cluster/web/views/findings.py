"""Findings: the list of a cluster's, as page and as file, and the help page of each rule."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.machinery.findings import FindingRule
from cluster.questions.finding_examples import EXAMPLES
from cluster.questions.query.grammar import FIELDS
from cluster.questions.rules import FINDINGS
from cluster.questions.sarif import sarif
from cluster.runtime.permissions import Access
from cluster.runtime.wording import said
from cluster.store.handles import find_cluster
from cluster.web import findings as list_of
from cluster.web.access import access_of
from cluster.web.addresses import field_address, object_address
from cluster.web.manifest_yaml import render_lines, sections
from cluster.web.pages import page
from cluster.web.querying import asked
from cluster.web.refusals import Missing
from cluster.web.sheets import harmless
from cluster.web.shell import Crumb
from cluster.web.viewquery import changed
from cluster.web.words import word

A_PAGE = 100
RULES: Mapping[str, FindingRule] = FINDINGS
FORMS = ("csv", "json", "sarif")
MUTE = "Mute"  # whose permissions say who may mute: cluster.add_mute, cluster.delete_mute


def findings(request: HttpRequest, cluster: str) -> HttpResponse:
    """List the findings that pass the filters of the address, gravest first."""
    handle = find_cluster(cluster)
    access = access_of(request)
    given = request.GET.dict()
    query = asked(given)
    found = list_of.listing(handle, query, given, access.sees)
    if given.get("format") in FORMS:
        return _export(request, found.passed, given["format"], cluster)
    number = _page_number(given.get("page", ""))
    shown = found.passed[(number - 1) * A_PAGE : number * A_PAGE]
    shown_state = [e for e in found.everything if _is_of_state(e, given)]
    return page(
        request,
        "cluster/findings.html",
        section="findings",
        cluster=cluster,
        live_since=found.revision,
        title=_("Findings of %(cluster)s") % {"cluster": cluster},
        crumbs=[Crumb(_("findings"))],
        rows=[_row(entry, cluster, access) for entry in shown],
        total=len(shown_state),
        matching=len(found.passed),
        facets=_facets(given, found.everything, shown_state),
        given=given,
        query=query,
        dropped=found.dropped,
        is_filtered=len(found.passed) != len(shown_state),
        is_empty=found.is_bare,
        rule_count=len(RULES),
        revision=found.revision,
        is_muted_shown=given.get("state") == list_of.MUTED,
        previous_href=changed(given, page=str(number - 1)) if number > 1 else "",
        next_href=(
            changed(given, page=str(number + 1)) if len(found.passed) > number * A_PAGE else ""
        ),
        exports=[{"label": form.upper(), "href": changed(given, format=form)} for form in FORMS],
        values=_values(found.everything),
        verdict=list_of.verdict(
            [entry.finding for entry in found.open], len(found.everything) - len(found.open)
        ),
    )


def explain(request: HttpRequest, rule: str) -> HttpResponse:
    """Show what a finding means, why it matters, how it is found, what to do, and an example."""
    found = RULES.get(rule.upper())
    if found is None:
        raise Missing(_("There is no finding called %(name)s.") % {"name": rule})
    return page(
        request,
        "cluster/finding_help.html",
        section="findings",
        title=_("%(rule)s: %(title)s") % {"rule": found.id, "title": said(found.title)},
        crumbs=[Crumb(_("findings")), Crumb(found.id)],
        rule=found,
        example=EXAMPLES[found.id],
        documents=[sections(render_lines(item)) for item in EXAMPLES[found.id].objects],
        settings=dict(EXAMPLES[found.id].settings),
        others=[
            other for other in FINDINGS.values() if other.id[:3] == found.id[:3] and other != found
        ],
    )


def _is_of_state(entry: list_of.Entry, given: Mapping[str, str]) -> bool:
    state = given.get("state") or list_of.OPEN
    return state in {"all", entry.state}


def _facets(
    given: Mapping[str, str],
    everything: Sequence[list_of.Entry],
    shown: Sequence[list_of.Entry],
) -> list[dict[str, object]]:
    titles = {"severity": _("Severity"), "rule": _("Rule"), "ns": _("Namespace"),
              "kind": _("Kind")}  # fmt: skip
    found: list[dict[str, object]] = [
        {"title": _("State"), "values": list_of.state_facet(given, everything)}
    ]
    for name, title in titles.items():
        values = list_of.facet(given, name, shown, list_of.ORDER.get(name, ()))
        if name == "severity":
            values = [value | {"value": word(str(value["value"]))} for value in values]
        if name == "rule":
            values = [value | {"note": _title_of(str(value["value"]))} for value in values]
        found.append({"title": title, "values": values})
    return found


def _title_of(rule: str) -> str:
    return RULES[rule].title if rule in RULES else ""


def _row(entry: list_of.Entry, cluster: str, access: Access) -> dict[str, object]:
    finding = entry.finding
    key = finding.key
    where = {"rule": finding.rule, "kind": key.kind, "ns": key.namespace, "name": key.name}
    return {
        "finding": finding,
        "since": entry.since,
        "muted": entry.muted,
        "href": object_address(cluster, key),
        "yaml_href": field_address(cluster, key, finding.path),
        "diagram_href": list_of.drawing_address(cluster, key, finding.path),
        "rule": RULES.get(finding.rule),
        "mute_href": (
            reverse("mute", kwargs={"cluster": cluster}) + changed({}, **where)
            if entry.muted is None and access.may("add", MUTE)
            else ""
        ),
        "unmute_href": (
            reverse("unmute", kwargs={"cluster": cluster, "number": entry.muted.number})
            if entry.muted is not None and access.may("delete", MUTE)
            else ""
        ),
    }


def _values(entries: Sequence[list_of.Entry]) -> dict[str, list[str]]:
    """Return the values that the query box completes."""
    found: dict[str, dict[str, None]] = {field: {} for field in FIELDS}
    for entry in entries:
        key = entry.finding.key
        found["kind"][key.kind] = None
        found["ns"][key.namespace] = None
        found["name"][key.name] = None
        found["finding"][entry.finding.rule] = None
    found["status"] = dict.fromkeys(("error", "warning", "info", "open", "muted"))
    return {
        field: sorted(value for value in held if value)[:MOST_VALUES]
        for field, held in found.items()
        if held
    }


MOST_VALUES = 200


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004


def _export(
    request: HttpRequest, found: Sequence[list_of.Entry], form: str, cluster: str
) -> HttpResponse:
    name = f'attachment; filename="findings-{cluster}.{form}"'
    headers = {"Content-Disposition": name}
    if form == "csv":
        return _csv(found, headers)
    if form == "sarif":
        log = sarif(
            [(e.finding, e.muted.reason if e.muted else "") for e in found],
            FINDINGS,
            cluster=cluster,
            version=version("netviz"),
            help_base=request.build_absolute_uri("/help/findings/"),
        )
        return HttpResponse(orjson.dumps(log), content_type="application/sarif+json",
                            headers=headers)  # fmt: skip
    answer = orjson.dumps({"findings": [_answer(entry) for entry in found]})
    return HttpResponse(answer, content_type="application/json", headers=headers)


def _answer(entry: list_of.Entry) -> dict[str, object]:
    return {
        **entry.finding.answer(),
        "since": entry.since.isoformat() if entry.since else None,
        "state": entry.state,
    }


def _csv(found: Sequence[list_of.Entry], headers: Mapping[str, str]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(response)
    writer.writerow(["rule", "severity", "object", "path", "message", "since", "state"])
    for entry in found:
        finding = entry.finding
        since = entry.since.isoformat() if entry.since else ""
        cells = (finding.rule, finding.severity, str(finding.key), finding.path, finding.message,
                 since, entry.state)  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    return response
