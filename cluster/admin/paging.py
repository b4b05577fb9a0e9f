"""Pages of long lists, found by their keys first.

Rows hold whole manifests. Skipping to page 1,400 row by row reads all of those before it; skipping
in the index, then reading one page of rows by their keys, reads one page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from cluster.models import Resource

if TYPE_CHECKING:
    ResourcePaginator = Paginator[Resource]
else:
    ResourcePaginator = Paginator


class KeyedPaginator(ResourcePaginator):
    """Pages of a QuerySet, in its order."""

    def page(self, number: int | str) -> Page[Resource]:
        """Return one page; raises InvalidPage."""
        valid = self.validate_number(number)
        bottom = (valid - 1) * self.per_page
        rows = cast("QuerySet[Resource]", self.object_list)  # the admin pages nothing else
        in_order = rows.select_related(None).values_list("pk", flat=True)
        keys = list(in_order[bottom : bottom + self.per_page])
        return Page(rows.filter(pk__in=keys), valid, self)
