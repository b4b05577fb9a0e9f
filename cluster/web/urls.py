"""Addresses of the dashboard's pages. Every page opens through the door `reading`."""

from collections.abc import Callable

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.i18n import JavaScriptCatalog, set_language

from cluster.web.access import reading
from cluster.web.addresses import NamespaceConverter
from cluster.web.views import (
    clusters,
    drills,
    events,
    findings,
    graphs,
    imports,
    kubeconfig,
    learn,
    mutes,
    objects,
    overview,
    plans,
    preferences,
    revisions,
    search,
    sources,
    trace,
)

register_converter(NamespaceConverter, "ns")

CLUSTER = "c/<slug:cluster>/"
OBJECT = f"{CLUSTER}o/<str:kind>/<ns:namespace>/<str:name>"


def page(
    route: str, view: Callable[..., HttpResponseBase], name: str, *, only_asks: bool = False
) -> URLPattern:
    """Return the pattern of a page that needs permission to read (`access.reading`)."""
    return path(route, reading(view, only_asks=only_asks), name=name)


urlpatterns: list[URLPattern | URLResolver] = [
    path("login", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout", LogoutView.as_view(next_page="/"), name="logout"),
    path(
        "i18n/catalog.js",
        JavaScriptCatalog.as_view(packages=["cluster"]),
        name="javascript-catalog",
    ),
    path("i18n/language", set_language, name="set-language"),
    page("", overview.overview, "overview"),
    page("clusters", clusters.clusters, "clusters"),
    page("demo", clusters.make_demo, "demo-cluster"),
    page(f"{CLUSTER}cluster/<slug:action>", clusters.change, "cluster-change"),
    page("settings", preferences.settings, "settings", only_asks=True),
    page("import", imports.start, "import"),
    page("import/<int:number>", imports.job, "import-job"),
    page("import/<int:number>/report.<slug:form>", imports.report, "import-report"),
    page("help/findings/<slug:rule>", findings.explain, "finding-help"),
    page("kubeconfig", kubeconfig.offer, "kubeconfig"),
    page("learn", learn.lessons, "learn"),
    page("learn/<slug:lesson>", learn.lesson, "lesson"),
    page("learn/<slug:lesson>/start", learn.start, "lesson-start"),
    page("learn/<slug:lesson>/<int:number>", learn.step, "lesson-step"),
    page(CLUSTER, graphs.root, "cluster-root"),
    page(f"{CLUSTER}map", graphs.cluster_map, "map"),
    page(f"{CLUSTER}graph", graphs.document, "graph"),
    page(f"{CLUSTER}d/<slug:diagram>/<str:namespace>/<str:name>", graphs.diagram, "diagram"),
    page(OBJECT, objects.detail, "object"),
    page(f"{OBJECT}/drill", drills.press, "drill"),
    page(f"{CLUSTER}events", events.events, "events"),
    page(f"{CLUSTER}findings", findings.findings, "findings"),
    page(f"{CLUSTER}findings/mute", mutes.start, "mute"),
    page(f"{CLUSTER}findings/mutes/<int:number>/end", mutes.end, "unmute"),
    page(f"{CLUSTER}revisions", revisions.revisions, "revisions"),
    page(f"{CLUSTER}search", search.search, "search"),
    page(f"{CLUSTER}sources", sources.sources, "sources"),
    page(f"{CLUSTER}slice-writes", sources.slice_writes, "slice-writes"),
    page(f"{CLUSTER}trace", trace.trace, "trace"),
    page("traces/forget", trace.forget_traces, "forget-traces", only_asks=True),
    page(f"{CLUSTER}peers", trace.peers, "peers"),
    page(f"{CLUSTER}plan", plans.compose, "plan", only_asks=True),
    page(f"{CLUSTER}plan/objects", plans.objects, "plan-objects"),
    page(f"{CLUSTER}plan/<slug:token>", plans.show, "plan-show"),
    page(f"{CLUSTER}plan/<slug:token>/graph", plans.graph, "plan-graph"),
    page(f"{CLUSTER}plan/<slug:token>/press", plans.press, "plan-press", only_asks=True),
    page(f"{CLUSTER}plan/<slug:token>.<slug:form>", plans.export, "plan-export"),
]
