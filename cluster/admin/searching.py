"""What the search box of a list finds."""

from __future__ import annotations

from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from cluster.models import Resource


def search(rows: QuerySet[Resource], text: str) -> QuerySet[Resource]:
    """Return the objects that match every word of `text`.

    A word is looked for in name, namespace and labels; `app=web` asks for that very label, and a
    word with a slash, `shop/web`, for a name in a namespace.
    """
    rows = rows.alias(labels_text=Cast("labels", TextField()))
    for position, word in enumerate(text.split()):
        key, equals, value = word.partition("=")
        namespace, slash, name = word.partition("/")
        anywhere = Q(name__icontains=word) | Q(namespace__icontains=word)
        anywhere |= Q(labels_text__icontains=word)
        if equals and key:
            label = f"label_{position}"
            rows = rows.alias(**{label: KeyTransform(key, "labels")})
            rows = rows.filter(**{label: value})
        elif slash:
            rows = rows.filter(anywhere | Q(namespace=namespace, name__istartswith=name))
        else:
            rows = rows.filter(anywhere)
    return rows
