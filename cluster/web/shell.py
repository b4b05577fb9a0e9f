"""What every page carries around its content: clusters to pick, the rail, choices, the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster import store
from cluster.runtime.permissions import Access
from cluster.web.access import access_of
from cluster.web.preferences import PREFIX, Preferences, read_preferences

MOST_IN_PICKER = 20
CLUSTER_COOKIE = f"{PREFIX}cluster"
FIRST_CHOICE = "demo"
SHELL = "netviz_shell"  # where a request keeps its shell
UNDO = "undo"  # where the session keeps how the last drill is taken back


class Crumb(NamedTuple):
    """One step of the breadcrumbs; the last one has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class RailItem:
    """One entry of the rail."""

    section: str
    label: str
    icon: str
    href: str
    is_last: bool = False


class Shell:
    """Answers the shell's questions about one request, each at most once."""

    def __init__(self, request: HttpRequest) -> None:
        """Look at `request`; nothing is read before it is asked for."""
        self.request = request

    @cached_property
    def access(self) -> Access:
        """What the reader may do."""
        return access_of(self.request)

    @cached_property
    def preferences(self) -> Preferences:
        """What the reader chose."""
        return read_preferences(self.request)

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages there are, each called as it calls itself."""
        return list(settings.LANGUAGES)

    @cached_property
    def clusters(self) -> list[store.ClusterHandle]:
        """All clusters, none for a reader who has to log in."""
        return store.all_clusters() if self.access.reads else []

    @property
    def all_names(self) -> list[str]:
        """The names of all clusters."""
        return [found.name for found in self.clusters]

    @property
    def cluster_names(self) -> list[str]:
        """The clusters that the picker lists."""
        return self.all_names[:MOST_IN_PICKER]

    @property
    def has_more_clusters(self) -> bool:
        """Whether the picker leaves some out."""
        return len(self.all_names) > MOST_IN_PICKER

    @cached_property
    def cluster(self) -> str:
        """The cluster that the page is about, else the one last looked at, "" without any."""
        match = self.request.resolver_match
        wanted = [
            match.kwargs.get("cluster") if match else None,
            self.request.GET.get("cluster"),
            self.request.COOKIES.get(CLUSTER_COOKIE),
            FIRST_CHOICE,
        ]
        names = self.all_names
        return next((name for name in wanted if name in names), names[0] if names else "")

    @cached_property
    def rail(self) -> list[RailItem]:
        """The pages; those of a cluster are left out while there is none."""
        cluster = {"cluster": self.cluster}
        of_cluster = [
            ("map", _("Map")), ("trace", _("Trace")), ("plan", _("Plan")),
            ("findings", _("Findings")), ("events", _("Events")),
        ] if self.cluster else []  # fmt: skip
        return [
            RailItem("overview", _("Overview"), "ui-overview", reverse("overview")),
            *(
                RailItem(name, label, f"ui-{name}", reverse(name, kwargs=cluster))
                for name, label in of_cluster
            ),
            RailItem("import", _("Import"), "ui-import", self._import_address()),
            RailItem("learn", _("Learn"), "ui-learn", reverse("learn")),
            RailItem("settings", _("Settings"), "ui-settings", reverse("settings"), is_last=True),
        ]

    @cached_property
    def undo(self) -> Mapping[str, object] | None:
        """How the last drill is taken back; offered once, on the page that follows it."""
        session = self.request.session
        note: dict[str, object] | None = session.get(UNDO)
        if note is None or note.get("is_shown"):
            return None
        session[UNDO] = {**note, "is_shown": True}
        where: dict[str, str] = session[UNDO]["where"]
        return {**note, "address": reverse(str(note.get("route", "drill")), kwargs=where)}

    def _import_address(self) -> str:
        query = f"?cluster={self.cluster}" if self.cluster else ""
        return reverse("import") + query


def context(request: HttpRequest) -> Mapping[str, object]:
    """Return the shell for templates: Django's context processor."""
    return {"shell": shell_of(request)}


def shell_of(request: HttpRequest) -> Shell:
    """Return the shell of a request, the same one however often it is asked for."""
    found = getattr(request, SHELL, None)
    if not isinstance(found, Shell):
        found = Shell(request)
        setattr(request, SHELL, found)
    return found
