"""What a real cluster's kubectl does not take of the applications, although an import does.

An import reads applications as people keep them: it converts API versions that are gone, fills in
what trimmed dumps have lost, and drops what no kind has. kubectl and an API server do not. Each
entry names an object, as `tests.kubectl.both_ways.called` does, with what kubectl says of it; the
upload that is compared is without it. What an import does not take either is in no table: both
must say the same of it.
"""

from __future__ import annotations

_NAMELESS = {
    "default/cog-agents-d54st": 1,
    "default/cog-agents-js4qc": 1,
    "default/cog-agents-qr8gp": 1,
    "default/cog-local-analyzer-7d77fb55cc-bs8rc": 1,
    "kube-system-dummy-to-ignore/calico-kube-controllers-7694668c77-t6slc": 1,
    "kube-system-dummy-to-ignore/kube-dns-amd64-d66bf76db-9s486": 3,
    "kube-system-dummy-to-ignore/kube-dns-amd64-d66bf76db-bbvts": 3,
    "kube-system-dummy-to-ignore/kube-dns-autoscaler-78f5fdbd46-zt2sf": 1,
    "kube-system-dummy-to-ignore/kubernetes-dashboard-5b5f985bcf-cvg7r": 1,
    "kube-system-dummy-to-ignore/"
    "public-cre08b89c167414305a1afb205d0bd346f-alb1-8489b8458f-b9j42": 2,
    "kube-system-dummy-to-ignore/"
    "public-cre08b89c167414305a1afb205d0bd346f-alb1-8489b8458f-hctcv": 2,
    "kube-system/calico-node-mgdlr": 2,
    "kube-system/calico-node-ns8kw": 2,
    "kube-system/calico-node-ptdgj": 2,
    "kube-system/file-plugin-7bfb8b69bf-p86gk": 1,
    "kube-system/heapster-7df8cb8c66-zxkk2": 2,
    "kube-system/keepalived-watcher-57ghx": 1,
    "kube-system/keepalived-watcher-gzdfm": 1,
    "kube-system/keepalived-watcher-wczq8": 1,
    "kube-system/kube-fluentd-2qw2g": 1,
    "kube-system/kube-fluentd-h6rjg": 1,
    "kube-system/kube-fluentd-qmp4w": 1,
    "kube-system/storage-watcher-8494b4b8bb-f8csd": 1,
    "kube-system/tiller-deploy-5c45c9966b-nqwz6": 1,
    "kube-system/vpn-858f6d9777-2bw5m": 1,
    "vendor-system/barbar-app-r66p2": 1,
    "vendor-system/barbar-app-zv2ch": 1,
    "vendor-system/foofoo-app-lp6tw": 1,
    "vendor-system/foofoo-app-vsh47": 1,
}
"""Pods of one trimmed dump, and how many containers each has: without names and images."""


def _nameless(name: str, containers: int) -> str:
    causes = ", ".join(
        f"spec.containers[{index}].{field}: Required value"
        for index in range(containers)
        for field in ("name", "image")
    )
    return f'Pod "{name}" is invalid: [{causes}]'


def _unmounted(name: str, *volumes: str) -> dict[str, str]:
    """A Pod of a dump that has lost its volumes and not what mounts them."""
    causes = [
        f'spec.containers[0].volumeMounts[{index}].name: Not found: "{volume}"'
        for index, volume in enumerate(volumes)
    ]
    told = f"[{', '.join(causes)}]" if len(causes) > 1 else causes[0]
    return {f"Pod default/{name}": f'Pod "{name}" is invalid: {told}'}


def _stale(resource: str, *keys: str) -> dict[str, str]:
    """Objects that every cluster has, with the resourceVersion of another cluster."""
    return {
        key: f'Operation cannot be fulfilled on {resource} "{key.rpartition("/")[2]}": the object '
        "has been modified; please apply your changes to the latest version and try again"
        for key in keys
    }


def _namespaces(*names: str) -> dict[str, str]:
    return {f"Namespace {name}": text for name, text in _stale("namespaces", *names).items()}


def _gone(kind: str, version: str) -> str:
    return f'no matches for kind "{kind}" in version "{version}"'


_TRIMMED = {
    **_namespaces("default", "kube-system"),
    **{
        f"Pod {name}": _nameless(name.partition("/")[2], containers)
        for name, containers in _NAMELESS.items()
    },
}

REFUSED: dict[str, dict[str, str]] = {
    # API versions that are gone since 1.16, 1.22 and 1.25: an import converts them.
    "jaeger-legacy-production": {
        "StatefulSet cassandra": _gone("StatefulSet", "apps/v1beta1"),
        "Deployment jaeger-collector": _gone("Deployment", "extensions/v1beta1"),
        "Deployment jaeger-query": _gone("Deployment", "extensions/v1beta1"),
        "DaemonSet jaeger-agent": _gone("DaemonSet", "extensions/v1beta1"),
    },
    "jaeger-legacy-all-in-one": {"Deployment jaeger": _gone("Deployment", "extensions/v1beta1")},
    "emojivoto-traffic-split": {
        "Ingress emojivoto/web-ingress": (
            f"Ingress emojivoto/web-ingress: {_gone('Ingress', 'extensions/v1beta1')}"
        )
    },
    # `containerport` is no field: kubectl asks for strict reading, an import drops it, and then
    # misses the port.
    "npa-named-port": {
        "Deployment helloworld/pod-a": (
            'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
            'unknown field "spec.template.spec.containers[0].ports[1].containerport"'
        )
    },
    # Dumps of running clusters.
    "npa-end-port": _TRIMMED,
    "npa-json": _TRIMMED,
    "npa-ipblock": _namespaces("default", "kube-public", "kube-system"),
    "npa-ingress": {
        **_unmounted("details-v1-79f774bdb9-tw7sj", "kube-api-access-jnx24"),
        **_unmounted("productpage-v1-6b746f74dc-kkzzk", "tmp", "kube-api-access-r5ld7"),
        **_unmounted("ratings-v1-b6994bb9-gl27w", "kube-api-access-glrct"),
        **_unmounted("reviews-v1-545db77b95-2ps7q", "tmp", "wlp-output", "kube-api-access-vkb56"),
        **_unmounted("reviews-v2-7bf8c9648f-7v7ps", "tmp", "wlp-output", "kube-api-access-qvb77"),
        **_unmounted("reviews-v3-84779c7bbc-lfjvk", "tmp", "wlp-output", "kube-api-access-zxn84"),
    },
    "npa-services": {
        f"Service {key}": text for key, text in _stale("services", "kube-system/kube-dns").items()
    },
    "npa-workload-kinds": {
        "CronJob hello-cron-job": (
            f"CronJob hello-cron-job: {_gone('CronJob', 'batch/v1beta1')}"
        ),
        **_namespaces("default", "kube-public", "kube-system"),
        **{
            f"Pod {name}": _nameless(name.partition("/")[2], containers)
            for name, containers in _NAMELESS.items() if name.endswith("alb1-8489b8458f-b9j42")
        },
    },
}  # fmt: skip
"""By application. `kubectl apply` on the client's side is given the files as they are."""

ON_THE_SERVERS_SIDE = {
    "npa-named-port": {
        "Deployment helloworld/pod-a": (
            "failed to create typed patch object (helloworld/pod-a; apps/v1, Kind=Deployment): "
            '.spec.template.spec.containers[name="helloworld"].ports: element 1: associative list '
            'with keys has an element that omits key field "containerPort" (and doesn\'t have '
            "default value)"
        )
    }
}
"""What differs with `--server-side`.

There a dump is applied without what servers set, as it is uploaded: its uids name objects that are
not there, for which server-side apply refuses nearly all of it.
"""
