"""What is refused about workloads, in the apiserver's words, and what they get by default."""

from __future__ import annotations

import pytest

from cluster.machinery.errors import ApiError, Invalid
from cluster.machinery.manifest import JSON, Manifest, mapping_at, merge
from tests.domains.workload.world import World, job, node, pod, template, workload

MISMATCH = "`selector` does not match template `labels`"
SELECTOR = "spec.selector"
LABELS = "spec.template.metadata.labels"


def refusals(manifest: Manifest) -> list[tuple[str, str, str]]:
    """Return (path, word, detail) of every error, none where the object is accepted."""
    try:
        World(nodes=0).create(manifest)
    except Invalid as refusal:
        return [(error.field, error.type.word, error.detail) for error in refusal.errors]
    return []


def stored(manifest: Manifest) -> Manifest:
    world = World(nodes=0)
    written = world.create(manifest)
    return world.manifests[written.key]


def updated(manifest: Manifest, patch: Manifest) -> list[tuple[str, str, str]]:
    world = World(nodes=0)
    key = world.create(manifest).key
    try:
        world.change(key, lambda old: merge(old, patch))
    except Invalid as refusal:
        return [(error.field, error.type.word, error.detail) for error in refusal.errors]
    return []


def without_selector(kind: str) -> Manifest:
    return merge(workload(kind, "web"), {"spec": {"selector": None}})


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_a_selector_is_required_and_absent_matches_nothing(kind: str) -> None:  # I-1, A-27
    assert refusals(without_selector(kind)) == [
        (SELECTOR, "Required value", ""), (LABELS, "Invalid value", MISMATCH),
    ]  # fmt: skip


def test_a_daemon_set_without_selector_reports_only_the_mismatch() -> None:  # I-1
    assert refusals(without_selector("DaemonSet")) == [(LABELS, "Invalid value", MISMATCH)]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("Deployment", "deployment"), ("ReplicaSet", "deployment"),
        ("StatefulSet", "statefulset"), ("DaemonSet", "daemonset"),
    ],
)  # fmt: skip
def test_an_empty_selector_is_invalid(kind: str, word: str) -> None:  # I-1
    item = merge(workload(kind, "web"), {"spec": {"selector": {"matchLabels": None}}})
    found = [error for error in refusals(item) if error[0] == SELECTOR]

    assert found == [(SELECTOR, "Invalid value", f"empty selector is invalid for {word}")]


def rolling(kind: str, type_: str = "RollingUpdate", **fields: JSON) -> Manifest:
    """Return a workload with an update strategy."""
    name = "strategy" if kind == "Deployment" else "updateStrategy"
    strategy: Manifest = {name: {"type": type_, "rollingUpdate": fields}}
    return merge(workload(kind, "web"), {"spec": strategy})


REFUSED: list[tuple[str, Manifest, tuple[str, str, str]]] = [
    (
        "negative replicas", workload("Deployment", "web", -1),
        ("spec.replicas", "Invalid value", "must be greater than or equal to 0"),
    ),  # I-2
    (
        "another restart policy", workload("Deployment", "web", pod={"restartPolicy": "Never"}),
        ("spec.template.spec.restartPolicy", "Unsupported value", 'supported values: "Always"'),
    ),  # I-2
    (
        "a deadline in a template", workload("DaemonSet", "web", pod={"activeDeadlineSeconds": 5}),
        (
            "spec.template.spec.activeDeadlineSeconds", "Forbidden",
            "activeDeadlineSeconds in DaemonSet is not Supported",
        ),
    ),  # I-2
    (
        "no container", workload("Deployment", "web", pod={"containers": []}),
        ("spec.template.spec.containers", "Required value", ""),
    ),
    (
        "zero surge and zero unavailable",
        rolling("Deployment", maxSurge=0, maxUnavailable="0%"),
        (
            "spec.strategy.rollingUpdate.maxUnavailable", "Invalid value",
            "may not be 0 when `maxSurge` is 0",
        ),
    ),  # I-11
    (
        "more than all unavailable",
        rolling("Deployment", maxUnavailable="101%"),
        (
            "spec.strategy.rollingUpdate.maxUnavailable", "Invalid value",
            "must not be greater than 100%",
        ),
    ),  # I-47
    (
        "recreate with a rolling block",
        rolling("Deployment", "Recreate", maxSurge=1),
        (
            "spec.strategy.rollingUpdate", "Forbidden",
            "may not be specified when strategy `type` is 'Recreate'",
        ),
    ),  # I-47
    (
        "on delete with a rolling block",
        rolling("StatefulSet", "OnDelete", partition=1),
        (
            "spec.updateStrategy.rollingUpdate", "Invalid value",
            "only allowed for updateStrategy 'RollingUpdate'",
        ),
    ),  # I-47
    (
        "a deadline before readiness",
        workload("Deployment", "web", minReadySeconds=600),
        ("spec.progressDeadlineSeconds", "Invalid value", "must be greater than minReadySeconds"),
    ),  # I-13
    (
        "surge and unavailable of a daemon set",
        rolling("DaemonSet", maxSurge=1),
        (
            "spec.updateStrategy.rollingUpdate.maxSurge", "Invalid value",
            "may not be set when maxUnavailable is non-zero",
        ),
    ),  # I-23
    (
        "neither surge nor unavailable of a daemon set",
        rolling("DaemonSet", maxUnavailable=0),
        (
            "spec.updateStrategy.rollingUpdate.maxUnavailable", "Required value",
            "cannot be 0 when maxSurge is 0",
        ),
    ),  # I-23
    (
        "a job that restarts always", job("j", template=template("j")),
        (
            "spec.template.spec.restartPolicy", "Required value",
            'valid values: "OnFailure", "Never"',
        ),
    ),  # I-2
    (
        "an indexed job without completions", job("j", completionMode="Indexed", parallelism=2),
        ("spec.completions", "Required value", "when completion mode is Indexed"),
    ),  # I-25
    (
        "a stateful set with dots", workload("StatefulSet", "db.one"),
        ("metadata.name", "Invalid value", "must not contain dots"),
    ),
    (
        "a job name that makes no label", job("j" * 64),
        ("spec.template.labels", "Invalid value", "must be no more than 63 characters"),
    ),
    (
        "two CIDRs of one family",
        node("n", spec={"podCIDRs": ["10.0.0.0/24", "10.0.1.0/24"]}),
        (
            "spec.podCIDRs", "Invalid value",
            "may specify no more than one CIDR for each IP family",
        ),
    ),  # C-30
    (
        "a taint without effect", node("n", spec={"taints": [{"key": "gpu", "effect": ""}]}),
        ("spec.taints[0].effect", "Required value", ""),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("manifest", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_is(manifest: Manifest, expected: tuple[str, str, str]) -> None:
    assert expected in refusals(manifest)


def cron(name: str, schedule: str, **fields: JSON) -> Manifest:
    spec: Manifest = {"template": template("c", restartPolicy="Never")}
    return {
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"schedule": schedule, "jobTemplate": {"spec": spec}, **fields},
    }  # fmt: skip


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/5 0-6,12 1 jan-mar mon",
        "@hourly",
        "@every 1h30m",
        "0 0 ? * 0",
        "5/15 * * * *",
    ],
)  # fmt: skip
def test_schedules_that_cron_reads_are_accepted(schedule: str) -> None:  # I-27
    assert refusals(cron("c", schedule)) == []


@pytest.mark.parametrize(
    "schedule",
    ["", "* * * *", "60 * * * *", "* * 0 * *", "*/0 * * * *", "@often", "9-3 * * * *", "x * * * *",
     "TZ=UTC * * * * *", "1/2/3 * * * *"],
)  # fmt: skip
def test_schedules_that_cron_does_not_read_are_refused(schedule: str) -> None:
    assert [field for field, _, _ in refusals(cron("c", schedule))] == ["spec.schedule"]


def test_a_cron_job_leaves_room_for_the_names_of_its_jobs() -> None:
    assert refusals(cron("c" * 53, "@daily")) == [
        ("metadata.name", "Invalid value", "must be no more than 52 characters")
    ]
    assert refusals(cron("c" * 52, "@daily")) == []


def test_an_indexed_job_needs_a_label_for_its_last_pod() -> None:
    found = refusals(job("j" * 62, completionMode="Indexed", completions=10))

    assert found[0][0] == "metadata.name"
    assert found[0][2].startswith("will not able to create pod with invalid DNS label: ")


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet"])
def test_a_selector_is_immutable(kind: str) -> None:  # I-1
    patch: Manifest = {"spec": {
        "selector": {"matchLabels": {"x": "y"}},
        "template": {"metadata": {"labels": {"x": "y"}}},
    }}  # fmt: skip

    assert updated(workload(kind, "web"), patch) == [
        (SELECTOR, "Invalid value", "field is immutable")
    ]


@pytest.mark.parametrize(
    ("patch", "accepted"),
    [
        ({"replicas": 5}, True), ({"minReadySeconds": 3}, True),
        ({"revisionHistoryLimit": 2}, True), ({"ordinals": {"start": 3}}, True),
        ({"serviceName": "other"}, False), ({"podManagementPolicy": "Parallel"}, False),
    ],
)  # fmt: skip
def test_a_stateful_set_changes_only_some_fields(patch: Manifest, accepted: bool) -> None:  # I-20  # noqa: FBT001
    found = updated(workload("StatefulSet", "db", 1, serviceName="db"), {"spec": patch})

    assert (found == []) is accepted
    if not accepted:
        assert found[0][:2] == ("spec", "Forbidden")
        assert found[0][2].startswith("updates to statefulset spec for fields other than")


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"parallelism": 3}, None), ({"suspend": True}, None), ({"backoffLimit": 1}, None),
        ({"completions": 5}, "spec.completions"),
        ({"template": {"spec": {"dnsPolicy": "Default"}}}, "spec.template"),
        ({"completionMode": "Indexed"}, "spec.completionMode"),
    ],
)  # fmt: skip
def test_a_job_changes_only_some_fields(patch: Manifest, field: str | None) -> None:  # I-46
    found = updated(job("j", completions=2), {"spec": patch})

    assert [error[0] for error in found] == ([] if field is None else [field])


def test_pod_cidrs_are_set_once() -> None:  # C-27
    patch: Manifest = {"spec": {"podCIDR": "10.9.0.0/24", "podCIDRs": ["10.9.0.0/24"]}}
    item = node("n", spec={"podCIDR": "10.8.0.0/24"})

    assert updated(item, patch) == [
        (
            "spec.podCIDRs",
            "Forbidden",
            'node updates may not change podCIDR except from "" to valid',
        )
    ]
    assert mapping_at(stored(item), "spec")["podCIDRs"] == ["10.8.0.0/24"]


def test_a_deployment_gets_every_default() -> None:  # I-2, I-6, I-11, I-13
    spec = mapping_at(stored(workload("Deployment", "web")), "spec")

    assert spec["replicas"] == 1
    assert spec["strategy"] == {
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
    }  # fmt: skip
    assert spec["revisionHistoryLimit"] == 10
    assert spec["progressDeadlineSeconds"] == 600
    body = mapping_at(spec, "template", "spec")
    assert body["dnsPolicy"] == "ClusterFirst"
    assert body["restartPolicy"] == "Always"
    assert body["terminationGracePeriodSeconds"] == 30
    assert body["schedulerName"] == "default-scheduler"
    assert "serviceAccountName" not in body


def test_a_job_counts_and_labels_its_pods_by_default() -> None:  # I-24
    item = stored(job("sum"))
    uid = mapping_at(item, "metadata")["uid"]

    assert mapping_at(item, "spec")["completions"] == 1
    assert mapping_at(item, "spec")["parallelism"] == 1
    assert mapping_at(item, "spec")["backoffLimit"] == 6
    assert mapping_at(item, "spec", "selector", "matchLabels") == {
        "batch.kubernetes.io/controller-uid": uid
    }
    assert mapping_at(item, "spec", "template", "metadata", "labels") == {
        "app": "sum", "controller-uid": uid, "batch.kubernetes.io/controller-uid": uid,
        "job-name": "sum", "batch.kubernetes.io/job-name": "sum",
    }  # fmt: skip
    assert mapping_at(item, "metadata", "labels") == {"app": "sum"}


def test_parallelism_alone_makes_a_work_queue() -> None:  # I-24
    assert "completions" not in mapping_at(stored(job("queue", parallelism=3)), "spec")


def test_every_namespace_carries_its_name_as_a_label() -> None:
    lied: Manifest = {"name": "shop-2", "labels": {"kubernetes.io/metadata.name": "other"}}
    item = stored({"apiVersion": "v1", "kind": "Namespace", "metadata": lied})

    assert mapping_at(item, "metadata", "labels") == {"kubernetes.io/metadata.name": "shop-2"}
    assert item["status"] == {"phase": "Active"}


def test_secrets_and_config_maps_lose_their_data() -> None:
    world = World(nodes=0)
    written = world.create({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"},
        "type": "Opaque", "stringData": {"password": "hunter2"},
    })  # fmt: skip

    assert "stringData" not in world.manifests[written.key]
    assert any("stores no data" in text for text in written.warnings)


OLD: list[tuple[str, str, tuple[str, ...], JSON]] = [
    ("extensions/v1beta1", "Deployment", ("spec", "strategy", "rollingUpdate", "maxSurge"), 1),
    ("extensions/v1beta1", "Deployment", ("spec", "progressDeadlineSeconds"), 2147483647),
    ("apps/v1beta1", "Deployment", ("spec", "revisionHistoryLimit"), 2),
    ("extensions/v1beta1", "DaemonSet", ("spec", "updateStrategy", "type"), "OnDelete"),
    ("apps/v1beta1", "StatefulSet", ("spec", "updateStrategy", "type"), "OnDelete"),
    ("extensions/v1beta1", "ReplicaSet", ("spec", "replicas"), 1),
]


@pytest.mark.parametrize(("version", "kind", "path", "value"), OLD)
def test_old_versions_keep_the_defaults_they_had(
    version: str, kind: str, path: tuple[str, ...], value: JSON
) -> None:
    item = without_selector(kind)
    item["apiVersion"] = version
    found = stored(item)

    assert found["apiVersion"] == "apps/v1"
    assert mapping_at(found, "spec", "selector", "matchLabels") == {"app": "web"}
    assert mapping_at(found, *path[:-1])[path[-1]] == value


def test_apps_v1beta2_still_asks_for_a_selector() -> None:
    item = without_selector("Deployment")
    item["apiVersion"] = "apps/v1beta2"

    with pytest.raises(ApiError):
        World(nodes=0).create(item)


def test_generations_count_specs_and_a_deployments_annotations() -> None:
    world = World(nodes=0)
    world.create(workload("Deployment", "web"))
    world.create(pod("bare"))
    world.edit("Deployment", "web", {"metadata": {"annotations": {"note": "x"}}})
    world.edit("Pod", "bare", {"metadata": {"annotations": {"note": "x"}}})

    assert mapping_at(world.one("Deployment", "web"), "metadata")["generation"] == 2
    assert mapping_at(world.one("Pod", "bare"), "metadata")["generation"] == 1
    assert "generation" not in mapping_at(world.one("Namespace", "shop", ""), "metadata")


TLS: Manifest = {
    "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cert", "namespace": "shop"},
    "type": "kubernetes.io/tls",
}  # fmt: skip


def test_a_secret_for_tls_with_half_of_its_data_is_refused() -> None:
    """G-38: without it the controller shows its own certificate."""
    world = World(nodes=0)
    with pytest.raises(Invalid) as caught:
        world.create({**TLS, "data": {"tls.crt": "Y2VydA=="}})

    assert caught.value.message == ('Secret "cert" is invalid: data[tls.key]: Required value')


def test_a_secret_for_tls_may_say_its_data_in_two_places_or_not_at_all() -> None:
    """G-38; copies of what netviz keeps have no data."""
    both: Manifest = {"data": {"tls.crt": "Y2VydA=="}, "stringData": {"tls.key": "key"}}
    for data in (both, {}):
        assert World(nodes=0).create({**TLS, **data}).manifest is not None
