"""Findings: the list of a cluster's, and the help page of each rule."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.machinery.findings import SEVERITIES, Finding, FindingRule
from cluster.questions.rules import FINDINGS
from cluster.store.handles import find_cluster
from cluster.web.access import access_of
from cluster.web.addresses import (
    DRAWN,
    diagram_address,
    diagrams_of,
    field_address,
    object_address,
)
from cluster.web.looking import look
from cluster.web.pages import page
from cluster.web.refusals import Missing
from cluster.web.sheets import harmless
from cluster.web.shell import Crumb
from cluster.web.viewquery import changed

A_PAGE = 100
RULES: Mapping[str, FindingRule] = FINDINGS


def findings(request: HttpRequest, cluster: str) -> HttpResponse:
    """List the findings that pass the filters of the address, gravest first."""
    find_cluster(cluster)
    access = access_of(request)
    with look(cluster) as seen:
        everything = [f for f in seen.facts.all() if access.sees(f.key.kind)]
        revision = seen.revision
    given = request.GET.dict()
    found = [finding for finding in everything if _fits(finding, given)]
    if given.get("format") in {"csv", "json"}:
        return _export(found, given["format"], cluster)
    number = _page_number(given.get("page", ""))
    shown = found[(number - 1) * A_PAGE : number * A_PAGE]
    return page(
        request,
        "cluster/findings.html",
        section="findings",
        cluster=cluster,
        live_since=revision,
        title=_("Findings of %(cluster)s") % {"cluster": cluster},
        crumbs=[Crumb(_("findings"))],
        rows=[_row(finding, cluster) for finding in shown],
        total=len(everything),
        matching=len(found),
        severities=_facet(given, "severity", (f.severity for f in everything), SEVERITIES[::-1]),
        rules=_facet(given, "rule", (f.rule for f in everything)),
        namespaces=_facet(given, "ns", (f.key.namespace for f in everything)),
        given=given,
        is_filtered=len(found) != len(everything),
        previous_href=changed(given, page=str(number - 1)) if number > 1 else "",
        next_href=changed(given, page=str(number + 1)) if len(found) > number * A_PAGE else "",
        csv_href=changed(given, format="csv"),
        json_href=changed(given, format="json"),
        verdict=_verdict(everything),
    )


def explain(request: HttpRequest, rule: str) -> HttpResponse:
    """Show what a finding means, why it matters and what to do."""
    found = RULES.get(rule.upper())
    if found is None:
        raise Missing(_("There is no finding called %(name)s.") % {"name": rule})
    return page(
        request,
        "cluster/finding_help.html",
        section="findings",
        title=f"{found.id}: {found.title}",
        crumbs=[Crumb(_("findings")), Crumb(found.id)],
        rule=found,
        others=[
            other for other in FINDINGS.values() if other.id[:3] == found.id[:3] and other != found
        ],
    )


def _row(finding: Finding, cluster: str) -> dict[str, object]:
    key = finding.key
    drawn = [name for name in diagrams_of(key.kind) if name in DRAWN]
    return {
        "finding": finding,
        "href": object_address(cluster, key),
        "yaml_href": field_address(cluster, key, finding.path),
        "diagram_href": (
            diagram_address(cluster, drawn[0], key.namespace, key.name) if drawn else ""
        ),
        "rule": RULES.get(finding.rule),
    }


def _fits(finding: Finding, given: dict[str, str]) -> bool:
    text = given.get("q", "").strip().lower()
    return (
        given.get("severity", "") in {"", finding.severity}
        and given.get("rule", "") in {"", finding.rule}
        and given.get("ns", finding.key.namespace) in {"", finding.key.namespace}
        and (not text or text in f"{finding.key} {finding.message} {finding.path}".lower())
    )


def _facet(
    given: dict[str, str], name: str, values: Iterable[str], order: Iterable[str] = ()
) -> list[dict[str, object]]:
    """Return the values of a facet with their counts, the address that toggles each."""
    counts = Counter(values)
    ordered = [value for value in order if value in counts] or sorted(counts)
    return [
        {
            "value": value,
            "count": counts[value],
            "is_on": given.get(name) == value,
            "href": changed(given, page="", **{name: "" if given.get(name) == value else value}),
        }
        for value in ordered
        if value
    ]


def _verdict(found: list[Finding]) -> dict[str, str]:
    counts = Counter(finding.severity for finding in found)
    if not found:
        return {"state": "ok", "text": _("Nothing to report"), "why": _("No rule has a finding.")}
    state = "deny" if counts["error"] else "warn" if counts["warning"] else "unknown"
    parts = [
        ngettext("%d error", "%d errors", counts["error"]) % counts["error"],
        ngettext("%d warning", "%d warnings", counts["warning"]) % counts["warning"],
        ngettext("%d remark", "%d remarks", counts["info"]) % counts["info"],
    ]
    return {
        "state": state,
        "text": ", ".join(parts),
        "why": _("Each names the object and the field to blame."),
    }


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004


def _export(found: list[Finding], form: str, cluster: str) -> HttpResponse:
    name = f'attachment; filename="findings-{cluster}.{form}"'
    if form == "json":
        answer = orjson.dumps({"findings": [finding.answer() for finding in found]})
        return HttpResponse(
            answer, content_type="application/json", headers={"Content-Disposition": name}
        )
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )
    writer = csv.writer(response)
    writer.writerow(["rule", "severity", "object", "path", "message"])
    for finding in found:
        cells = (finding.rule, finding.severity, str(finding.key), finding.path, finding.message)
        writer.writerow([harmless(cell) for cell in cells])
    return response
