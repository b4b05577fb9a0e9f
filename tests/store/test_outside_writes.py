"""Nothing but the store writes the tables: every way Django offers is tried."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core import serializers

from cluster import store
from cluster.catalog import KINDS
from cluster.models import PROXIES, Change, Cluster, Resource, WriteOutsideStore
from cluster.models.guard import Guarded

Model: TypeAlias = "type[Any]"
GUARDED: list[Model] = [Cluster, Resource, Change, *PROXIES]


async def _awaited(found: Awaitable[object]) -> object:
    return await found


def wait(found: Awaitable[object]) -> object:
    return async_to_sync(_awaited)(found)


WAYS: dict[str, Callable[[Model], object]] = {
    "save": lambda model: model().save(),
    "save_base": lambda model: model().save_base(raw=True),
    "asave": lambda model: wait(model().asave()),
    "delete an instance": lambda model: model(pk=1).delete(),
    "adelete an instance": lambda model: wait(model(pk=1).adelete()),
    "create": lambda model: model.objects.create(),
    "acreate": lambda model: wait(model.objects.acreate()),
    "get_or_create": lambda model: model.objects.get_or_create(pk=-1),
    "aget_or_create": lambda model: wait(model.objects.aget_or_create(pk=-1)),
    "update_or_create": lambda model: model.objects.update_or_create(pk=-1),
    "aupdate_or_create": lambda model: wait(model.objects.aupdate_or_create(pk=-1)),
    "bulk_create": lambda model: model.objects.bulk_create([model()]),
    "abulk_create": lambda model: wait(model.objects.abulk_create([model()])),
    "bulk_update": lambda model: model.objects.bulk_update([model(pk=1)], ["pk"]),
    "abulk_update": lambda model: wait(model.objects.abulk_update([], ["pk"])),
    "update": lambda model: model.objects.all().update(pk=1),
    "aupdate": lambda model: wait(model.objects.all().aupdate(pk=1)),
    "delete a query": lambda model: model.objects.all().delete(),
    "adelete a query": lambda model: wait(model.objects.all().adelete()),
    "raw delete": lambda model: model.objects.all()._raw_delete("default"),
    "base manager": lambda model: model._base_manager.all().update(pk=1),
    "a fixture": lambda model: (
        serializers.deserialize(
            "python", [{"model": model._meta.label_lower, "pk": 1, "fields": {}}]
        )
        .__next__()
        .save()
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_no_write_passes_the_store_by(model: Model, way: str) -> None:
    """No database is needed: the refusal comes before any query."""
    with pytest.raises(WriteOutsideStore):
        WAYS[way](model)


def test_every_table_of_the_app_is_guarded() -> None:
    open_tables = [
        model.__name__
        for model in apps.get_app_config("cluster").get_models()
        if not issubclass(model, Guarded)
    ]

    assert open_tables == []


def test_every_kind_of_the_catalog_has_its_proxy() -> None:
    assert [(model.GROUP, model.KIND) for model in PROXIES] == [
        (kind.group, kind.kind) for kind in KINDS
    ]


def test_a_proxy_shows_the_objects_of_its_kind(shop: str) -> None:
    nodes = next(model for model in PROXIES if model.KIND == "Node")

    assert {row.name for row in nodes.objects.all()} == {"node-1", "node-2", "node-3"}
    assert store.count(store.find_cluster(shop))["", "Node"] == nodes.objects.count()


@pytest.mark.parametrize("model", PROXIES, ids=lambda model: model.__name__)
def test_every_proxy_has_permissions_of_its_own(model: Model, db: None) -> None:
    codes = {f"{verb}_{model._meta.model_name}" for verb in ("add", "change", "delete", "view")}

    found = Permission.objects.filter(codename__in=codes)
    assert {permission.codename for permission in found} == codes
