"""Reading yes, writing no: tables that only the store writes.

Every way Django offers to write (save, create, update, delete, their bulk and async forms, loading
fixtures, related managers) raises WriteOutsideStore on these models, because a write without a
revision is one that no reader of the log ever sees. The store itself writes rows in SQL
(`cluster.store.rows`) or through a plain, unguarded QuerySet.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class WriteOutsideStore(TypeError):
    """Someone wrote to a guarded table directly; only a bug gets here. Call `cluster.store`."""

    def __init__(self, model: type[models.Model], verb: str) -> None:
        """Keep which table was to be written, and how."""
        super().__init__(f"{model.__name__}.{verb}: only cluster.store writes this table")
        self.model = model
        self.verb = verb


class GuardedQuerySet(models.QuerySet[M]):
    """A QuerySet that reads."""

    def create(self, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "create")

    def get_or_create(self, *_arguments: Any, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "get_or_create")

    def update_or_create(self, *_arguments: Any, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "update_or_create")

    def bulk_create(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "bulk_create")

    def bulk_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "bulk_update")

    def update(self, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "update")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "delete")

    async def acreate(self, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "acreate")

    async def aget_or_create(self, *_arguments: Any, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "aget_or_create")

    async def aupdate_or_create(self, *_arguments: Any, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "aupdate_or_create")

    async def abulk_create(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "abulk_create")

    async def abulk_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "abulk_update")

    async def aupdate(self, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "aupdate")

    async def adelete(self) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(self.model, "adelete")

    def _raw_delete(self, using: str | None) -> NoReturn:
        """Refuse: Django's cascades come this way."""
        raise WriteOutsideStore(self.model, "_raw_delete")

    def _update(self, _values: Any) -> NoReturn:
        """Refuse: `Model.save` comes this way."""
        raise WriteOutsideStore(self.model, "_update")

    def _insert(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: `Model.save` comes this way, too."""
        raise WriteOutsideStore(self.model, "_insert")


GuardedManager = models.Manager.from_queryset(GuardedQuerySet)


class Guarded(models.Model):
    """A table that only the store writes."""

    objects = GuardedManager()

    class Meta:
        """Django's options; the base manager is what related objects and `save` go through."""

        abstract = True
        base_manager_name = "objects"

    def save_base(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse; `save`, `asave`, forms and fixtures all end here."""
        raise WriteOutsideStore(type(self), "save")

    def delete(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise WriteOutsideStore(type(self), "delete")
