"""Where things are: addresses of objects and diagrams, the way every page and graph writes them.

A cluster-scoped object has `-` where others have a namespace; graph ids (`Node//node-1`) leave it
empty, and both are read.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from cluster.catalog import KINDS
from cluster.machinery.meta import Key
from cluster.questions.views.table import DIAGRAMS

NO_NAMESPACE = "-"


class NamespaceConverter:
    """A namespace in a path: a name, `-` or nothing for cluster-scoped objects."""

    regex = "[^/]*"

    def to_python(self, value: str) -> str:
        """Return the namespace, "" for none."""
        return "" if value == NO_NAMESPACE else value

    def to_url(self, value: str) -> str:
        """Return the path's word for a namespace."""
        return value or NO_NAMESPACE


def object_address(cluster: str, key: Key) -> str:
    """Return the address of an object's page."""
    where = {"cluster": cluster, "kind": key.kind, "namespace": key.namespace, "name": key.name}
    return reverse("object", kwargs=where)


def field_address(cluster: str, key: Key, path: str) -> str:
    """Return the address of an object's YAML with one field marked."""
    return f"{object_address(cluster, key)}?{urlencode({'tab': 'yaml', 'path': path})}"


def diagram_address(cluster: str, diagram: str, namespace: str, name: str) -> str:
    """Return the address of a diagram."""
    where = {"cluster": cluster, "diagram": diagram, "namespace": namespace, "name": name}
    return reverse("diagram", kwargs=where)


def subject_of(diagram: str) -> str:
    """Return the kind that a diagram is of."""
    return DIAGRAMS[diagram].of


def diagrams_of(kind: str) -> tuple[str, ...]:
    """Return the diagrams that can be drawn of objects of `kind`."""
    return tuple(diagram for diagram in DIAGRAMS if subject_of(diagram) == kind)


def key_of(text: str) -> Key | None:
    """Return the object that `Kind ns/name` names, None for other words."""
    kind, space, where = text.partition(" ")
    if not space or kind not in KINDS:
        return None
    namespace, _slash, name = where.rpartition("/")
    return KINDS[kind].key(namespace, name)
