"""Old API versions of workloads, with the defaults they had, as the versions netviz stores.

The structural check comes after this, so anything here may meet any JSON. Source:
pkg/apis/{extensions,apps}/{v1beta1,v1beta2}/defaults.go of the releases that served them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cluster.machinery.manifest import JSON, Manifest

UNBOUNDED = 2147483647
Step = Callable[[Manifest], None]


def _mapping(value: JSON) -> Manifest | None:
    return value if isinstance(value, dict) else None


def _spec(manifest: Manifest) -> Manifest:
    spec = _mapping(manifest.get("spec"))
    return {} if spec is None else spec


def _selector_from_template(manifest: Manifest) -> None:
    """An absent selector, and absent labels, were those of the template."""
    template = _mapping(_spec(manifest).get("template"))
    template_meta = _mapping((template or {}).get("metadata"))
    labels = _mapping((template_meta or {}).get("labels"))
    if not labels:
        return
    if not _spec(manifest).get("selector"):
        _spec(manifest)["selector"] = {"matchLabels": dict(labels)}
    meta = _mapping(manifest.get("metadata"))
    if meta is not None and not meta.get("labels"):
        meta["labels"] = dict(labels)


def _rolling(surge: int | str, unavailable: int | str) -> Step:
    def fill(manifest: Manifest) -> None:
        spec = _spec(manifest)
        strategy = _mapping(spec.setdefault("strategy", {}))
        if strategy is None or strategy.get("type") not in {None, "RollingUpdate"}:
            return
        rolling = _mapping(strategy.setdefault("rollingUpdate", {}))
        if rolling is not None:
            rolling.setdefault("maxSurge", surge)
            rolling.setdefault("maxUnavailable", unavailable)

    return fill


def _fill(**fields: JSON) -> Step:
    def fill(manifest: Manifest) -> None:
        for field, value in fields.items():
            _spec(manifest).setdefault(field, value)

    return fill


def _on_delete(manifest: Manifest) -> None:
    """Updates waited for the user to delete Pods."""
    spec = _spec(manifest)
    strategy = _mapping(spec.setdefault("updateStrategy", {}))
    if strategy is not None:
        strategy.setdefault("type", "OnDelete")


def _without(*fields: str) -> Step:
    def drop(manifest: Manifest) -> None:
        for field in fields:
            _spec(manifest).pop(field, None)

    return drop


def _through(*steps: Step) -> Callable[[Manifest], Manifest]:
    def convert(manifest: Manifest) -> Manifest:
        for step in steps:
            step(manifest)
        return manifest

    return convert


_as_it_is = _through()

DEPLOYMENT: Mapping[str, Callable[[Manifest], Manifest]] = MappingProxyType({
    "extensions/v1beta1": _through(
        _selector_from_template,
        _rolling(1, 1),
        _without("rollbackTo"),
        _fill(progressDeadlineSeconds=UNBOUNDED, revisionHistoryLimit=UNBOUNDED),
    ),
    "apps/v1beta1": _through(
        _selector_from_template, _without("rollbackTo"), _fill(revisionHistoryLimit=2)
    ),
    "apps/v1beta2": _as_it_is,
})  # fmt: skip
REPLICA_SET: Mapping[str, Callable[[Manifest], Manifest]] = MappingProxyType({
    "extensions/v1beta1": _through(_selector_from_template),
    "apps/v1beta2": _as_it_is,
})  # fmt: skip
DAEMON_SET: Mapping[str, Callable[[Manifest], Manifest]] = MappingProxyType({
    "extensions/v1beta1": _through(
        _selector_from_template, _without("templateGeneration"), _on_delete
    ),
    "apps/v1beta2": _as_it_is,
})  # fmt: skip
STATEFUL_SET: Mapping[str, Callable[[Manifest], Manifest]] = MappingProxyType({
    "apps/v1beta1": _through(_selector_from_template, _on_delete),
    "apps/v1beta2": _as_it_is,
})  # fmt: skip
CRON_JOB: Mapping[str, Callable[[Manifest], Manifest]] = MappingProxyType(
    {"batch/v1beta1": _as_it_is}
)
