"""Pages of what is not there: what was asked for, what there is instead, and what to do next.

A 404 is drawn from the address alone, whichever view raised it: the address says what was named,
the cluster says what comes closest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cluster.catalog import KINDS
from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.errors import ApiError
from cluster.machinery.kind import Kind
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.views.table import DIAGRAMS
from cluster.runtime.demo import NAME as DEMO
from cluster.runtime.permissions import CLUSTER
from cluster.runtime.replica import Loading
from cluster.web.access import access_of
from cluster.web.addresses import diagram_address, diagrams_of, object_address, subject_of
from cluster.web.looking import look, namespaces_in
from cluster.web.refusals import Missing
from cluster.web.shell import Shell, shell_of
from cluster.web.viewquery import query_string

MOST_NAMED = 8
MOST_COMPARED = 5_000
"""Names beside a misspelt one that it is compared with: more take longer than a page may."""
LIKE_ENOUGH = 0.5

SECTIONS = {
    "object": "map", "diagram": "map", "map": "map", "cluster-root": "map", "search": "map",
    "trace": "trace", "plan": "plan", "plan-show": "plan", "findings": "findings",
    "finding-help": "findings", "mute": "findings", "unmute": "findings", "events": "events",
    "import": "import", "import-job": "import", "import-report": "import",
    "lesson": "learn", "lesson-step": "learn", "lesson-start": "learn", "learn": "learn",
}  # fmt: skip
"""The entry of the rail that a page belongs to, which also is where a reader goes back to."""


@dataclass(frozen=True, slots=True)
class Way:
    """One link: where to, in what words, with an icon and a note."""

    label: str
    href: str
    icon: str = "ui-search"
    note: str = ""
    paint: str = "external"


@dataclass(frozen=True, slots=True)
class Absence:
    """What a page of a 404 says; `action` is the one thing to do, `listed` what there is."""

    heading: str
    cause: str
    action: Way
    others: tuple[Way, ...] = ()
    listing: str = ""
    listed: tuple[Way, ...] = ()
    offers_demo: bool = False


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page of a 404."""
    text = str(exception) if isinstance(exception, Missing) else ""
    match = request.resolver_match
    found = _absence(request, match, text) if match else None
    context = {
        "title": _("Not found"),
        "absence": found or _nowhere(shell_of(request), text),
        "section": SECTIONS.get(match.url_name or "", "") if match else "",
    }
    return render(request, "404.html", context, status=404)


def _absence(request: HttpRequest, match: ResolverMatch, text: str) -> Absence | None:
    """Return what is missing of an address that a page answers; None where nothing is known."""
    shell = shell_of(request)
    name = match.kwargs.get("cluster", "")
    if name and name not in shell.all_names:
        return _no_cluster(shell, name)
    finder = FINDERS.get(match.url_name or "")
    try:
        found = finder(request, match.kwargs) if finder else None
    except (ApiError, Loading):  # the page of a 404 has to come, with less in it if need be
        found = None
    return found or _elsewhere(shell, match, text)


def _no_cluster(shell: Shell, name: str) -> Absence:
    names = shell.all_names
    close = get_close_matches(name, names, n=1)
    if not names:
        cause = _("There is no cluster yet.")
    elif close:
        cause = _("Did you mean %(name)s?") % {"name": close[0]}
    else:
        cause = ngettext(
            "There is %(number)d cluster.", "There are %(number)d clusters.", len(names)
        ) % {"number": len(names)}
    return Absence(
        heading=_("There is no cluster called %(name)s") % {"name": name},
        cause=_("%(cause)s It may have been deleted, or its name is misspelt.") % {"cause": cause},
        action=Way(
            _("Import manifests as %(name)s") % {"name": name},
            reverse("import") + query_string({"cluster": name}),
            "ui-import",
        ),
        others=(Way(_("New cluster"), f"{reverse('clusters')}#new", "ui-plus"),),
        listing=_("Clusters"),
        listed=tuple(
            Way(
                handle.name, reverse("map", kwargs={"cluster": handle.name}), "ui-detail",
                _("revision %(number)d") % {"number": handle.revision}, "service",
            )
            for handle in sorted(
                shell.clusters, key=lambda each: (each.name not in close, each.name)
            )
        ),
        offers_demo=DEMO not in names and shell.access.may("add", CLUSTER),
    )  # fmt: skip


def _object(request: HttpRequest, given: dict[str, str]) -> Absence | None:
    kind = KINDS.word(given["kind"])
    if kind is None:
        return _no_kind(given["cluster"], given["kind"])
    return _no_object(request, given["cluster"], kind, given["namespace"], given["name"])


def _no_kind(cluster: str, word: str) -> Absence:
    names = {kind.singular: kind for kind in KINDS}
    close = get_close_matches(word.lower(), names, n=3)
    ordered = [names[name] for name in close] + [k for k in KINDS if k.singular not in close]
    search = reverse("search", kwargs={"cluster": cluster})
    return Absence(
        heading=_("netviz knows no kind called %(name)s") % {"name": word},
        cause=(
            _("The closest is %(kind)s.") % {"kind": names[close[0]].kind} if close
            else _("Objects of kinds that it does not know are skipped by an import.")
        ),
        action=Way(_("Search the cluster"), f"{search}{query_string({'q': word})}"),
        listing=_("Kinds"),
        listed=tuple(
            _way(kind.kind, f"{search}{query_string({'q': f'kind:{kind.kind}'})}", kind.kind)
            for kind in ordered
        ),
    )  # fmt: skip


def _no_object(
    request: HttpRequest, cluster: str, kind: Kind, namespace: str, name: str
) -> Absence:
    key = kind.key(namespace, name)
    with look(cluster) as seen:
        snapshot = seen.snapshot
        found = list(closest(snapshot, key)) if access_of(request).sees(kind.kind) else []
        has_namespace = not key.namespace or key.namespace in _namespaces(snapshot)
    where = _("The namespace %(name)s") % {"name": key.namespace} if key.namespace else cluster
    if not has_namespace:
        cause = _("%(cluster)s has no namespace %(name)s.")
        cause %= {"cluster": cluster, "name": key.namespace}
    else:
        cause = _("%(where)s has none of that name, and its log does not remember one.")
        cause %= {"where": where}
    search = reverse("search", kwargs={"cluster": cluster})
    return Absence(
        heading=_("There is no %(object)s") % {"object": key},
        cause=cause,
        action=Way(
            _("Search for %(name)s") % {"name": name}, f"{search}{query_string({'q': name})}"
        ),
        others=(_map(cluster, key.namespace if has_namespace else ""),),
        listing=_("Closest names") if found else "",
        listed=tuple(
            _way(each.name, object_address(cluster, each), each.kind, each.namespace)
            for each in found
        ),
    )


def closest(snapshot: Snapshot, key: Key) -> Iterable[Key]:
    """Yield keys like one that is not there: so called elsewhere, then alike beside it."""
    kind = KINDS[key.kind]
    yielded = 0
    for namespace in sorted(_namespaces(snapshot)):
        if kind.namespaced and yielded < MOST_NAMED:
            same = kind.key(namespace, key.name)
            if snapshot.find(same) is not None:
                yielded += 1
                yield same
    beside = snapshot.within(kind.type, key.namespace)
    names = islice(beside, MOST_COMPARED)
    for name in get_close_matches(key.name, names, n=MOST_NAMED, cutoff=LIKE_ENOUGH)[
        : MOST_NAMED - yielded
    ]:
        yield kind.key(key.namespace, name)


def _namespaces(snapshot: Snapshot) -> set[str]:
    return {item.meta.name for item in snapshot.of(KINDS["Namespace"].type)}


def _diagram(request: HttpRequest, given: dict[str, str]) -> Absence | None:
    cluster, diagram = given["cluster"], given["diagram"]
    if diagram in DIAGRAMS:
        kind = KINDS[subject_of(diagram)]
        key = kind.key(given["namespace"], given["name"])
        with look(cluster) as seen:
            if seen.snapshot.find(key) is not None:
                return None  # not there at the revision that was asked for
        return _no_object(request, cluster, kind, given["namespace"], given["name"])
    kinds = ("Service", "Ingress", "NetworkPolicy")
    with look(cluster) as seen:
        there = [
            kind for kind in kinds
            if seen.snapshot.find(KINDS[kind].key(given["namespace"], given["name"])) is not None
        ]  # fmt: skip
    offered = [name for kind in there for name in diagrams_of(kind)]
    object_ = f"{given['namespace']}/{given['name']}"
    return Absence(
        heading=_("There is no diagram called %(name)s") % {"name": diagram},
        cause=(
            _("Of %(object)s these can be drawn.") % {"object": object_} if offered
            else _("Nor is there a Service, Ingress or NetworkPolicy %(object)s.")
            % {"object": object_}
        ),
        action=_map(cluster, ""),
        listing=_("Diagrams") if offered else "",
        listed=tuple(
            Way(
                _(name),  # a word that views say
                diagram_address(cluster, name, given["namespace"], given["name"]),
                "ui-map", subject_of(name), PAINT_OF.get(subject_of(name), "external"),
            )
            for name in offered
        ),
    )  # fmt: skip


def _map_of(request: HttpRequest, given: dict[str, str]) -> Absence | None:
    wanted, cluster = request.GET.get("ns", ""), given["cluster"]
    names = namespaces_in(cluster)
    if not wanted or wanted in names:
        return None
    close = get_close_matches(wanted, names, n=3, cutoff=LIKE_ENOUGH)
    ordered = [*close, *(name for name in names if name not in close)]
    return Absence(
        heading=_("There is no namespace %(name)s") % {"name": wanted},
        cause=(
            _("Did you mean %(name)s?") % {"name": close[0]} if close
            else ngettext(
                "%(cluster)s has %(number)d namespace.", "%(cluster)s has %(number)d namespaces.",
                len(names),
            ) % {"cluster": cluster, "number": len(names)}
        ),
        action=_map(cluster, ""),
        listing=_("Namespaces"),
        listed=tuple(
            Way(name, _map(cluster, name).href, "k-namespace", "", "node")
            for name in ordered[: 5 * MOST_NAMED]
        ),
    )  # fmt: skip


Finder = Callable[[HttpRequest, "dict[str, str]"], "Absence | None"]
FINDERS: dict[str, Finder] = {"object": _object, "diagram": _diagram, "map": _map_of}


def _map(cluster: str, namespace: str) -> Way:
    address = reverse("map", kwargs={"cluster": cluster})
    if namespace:
        query = query_string({"lvl": "L1", "ns": namespace})
        return Way(_("Map of %(name)s") % {"name": namespace}, address + query, "ui-map")
    return Way(_("Map of %(name)s") % {"name": cluster}, address, "ui-map")


def _way(label: str, href: str, kind: str, note: str = "") -> Way:
    icon = f"k-{ICON_OF.get(kind, 'external')}"
    return Way(label, href, icon, note, PAINT_OF.get(kind, "external"))


def _elsewhere(shell: Shell, match: ResolverMatch, text: str) -> Absence:
    """Return an absence that leads back to the list which the address belongs to."""
    back = SECTIONS.get(match.url_name or "", "")
    item = next((each for each in shell.rail if each.section == back), None)
    if item is None:
        return _nowhere(shell, text)
    given = {"cluster": match.kwargs["cluster"]} if "cluster" in match.kwargs else {}
    try:
        href = reverse(back, kwargs=given)
    except NoReverseMatch:
        href = item.href
    return Absence(_("There is nothing at this address"), text or _misspelt(),
                   Way(item.label, href, item.icon))  # fmt: skip


def _nowhere(shell: Shell, text: str) -> Absence:
    ways = [Way(item.label, item.href, item.icon) for item in shell.rail[:2]]
    return Absence(
        _("There is nothing at this address"), text or _misspelt(), ways[0], tuple(ways[1:])
    )


def _misspelt() -> str:
    return _("The address may be misspelt, or what it named is gone.")
