"""The cells of `kubectl get`, as `printers_test.go` of Kubernetes expects them."""

from datetime import UTC, datetime

import pytest

from cluster.api.kube.event_columns import EVENT_COLUMNS
from cluster.catalog import KINDS
from cluster.machinery.kind import Column
from cluster.machinery.manifest import JSON, Manifest

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

# Name, wide or not: what every kind's list is made of (printers.go, `AddHandlers`).
EXPECTED = {
    "Pod": "Name Ready Status Restarts Age|IP Node Nominated-Node Readiness-Gates",
    "Deployment": "Name Ready Up-to-date Available Age|Containers Images Selector",
    "ReplicaSet": "Name Desired Current Ready Age|Containers Images Selector",
    "ReplicationController": "Name Desired Current Ready Age|Containers Images Selector",
    "StatefulSet": "Name Ready Age|Containers Images",
    "DaemonSet": "Name Desired Current Ready Up-to-date Available Node-Selector Age"
    "|Containers Images Selector",
    "Job": "Name Status Completions Duration Age|Containers Images Selector",
    "CronJob": "Name Schedule Timezone Suspend Active Last-Schedule Age"
    "|Containers Images Selector",
    "Service": "Name Type Cluster-IP External-IP Port(s) Age|Selector",
    "Endpoints": "Name Endpoints Age|",
    "EndpointSlice": "Name AddressType Ports Endpoints Age|",
    "Ingress": "Name Class Hosts Address Ports Age|",
    "IngressClass": "Name Controller Parameters Age|",
    "NetworkPolicy": "Name Pod-Selector Age|",
    "Node": "Name Status Roles Age Version"
    "|Internal-IP External-IP OS-Image Kernel-Version Container-Runtime",
    "Namespace": "Name Status Age|",
    "ConfigMap": "Name Data Age|",
    "Secret": "Name Type Data Age|",
    "ServiceAccount": "Name Secrets Age|",
    "ControllerRevision": "Name Controller Revision Age|",
}


def names(columns: tuple[Column, ...], *, wide: bool) -> str:
    return " ".join(column.name.replace(" ", "-") for column in columns if column.wide is wide)


@pytest.mark.parametrize("kind", [kind.kind for kind in KINDS])
def test_every_kind_has_the_columns_of_kubectl_in_its_order(kind: str) -> None:
    columns = KINDS[kind].columns

    assert f"{names(columns, wide=False)}|{names(columns, wide=True)}" == EXPECTED[kind]


def cells(kind: str, manifest: Manifest) -> dict[str, JSON]:
    return {column.name: column.at(manifest, NOW) for column in KINDS[kind].columns}


def container(name: str = "c", **state: JSON) -> Manifest:
    return {"name": name, "ready": "running" in state, "restartCount": 0, "state": state}


RUNNING: Manifest = {"startedAt": "2026-01-01T11:00:00Z"}


@pytest.mark.parametrize(
    ("status", "init", "expected"),
    [
        pytest.param({"phase": "Pending"}, [], ("0/1", "Pending", "0"), id="pending"),
        pytest.param(
            {"phase": "Running", "containerStatuses": [container(running=RUNNING)]},
            [],
            ("1/1", "Running", "0"),
            id="running",
        ),
        pytest.param(
            {
                "phase": "Pending",
                "initContainerStatuses": [container("i", waiting={"reason": "PodInitializing"})],
            },
            [{"name": "i"}, {"name": "j"}],
            ("0/1", "Init:0/2", "0"),
            id="first init container runs",
        ),
        pytest.param(
            {
                "phase": "Pending",
                "initContainerStatuses": [
                    container("i", terminated={"exitCode": 0}),
                    container("j", waiting={"reason": "CrashLoopBackOff"}) | {"restartCount": 3},
                ],
            },
            [{"name": "i"}, {"name": "j"}],
            ("0/1", "Init:CrashLoopBackOff", "3"),
            id="second init container crashes",
        ),
        pytest.param(
            {
                "phase": "Pending",
                "initContainerStatuses": [container("i", terminated={"exitCode": 2})],
            },
            [{"name": "i"}],
            ("0/1", "Init:ExitCode:2", "0"),
            id="init container failed",
        ),
        pytest.param(
            {
                "phase": "Running",
                "conditions": [{"type": "Initialized", "status": "True"}],
                "initContainerStatuses": [
                    container("s", running=RUNNING) | {"started": True, "restartCount": 2}
                ],
                "containerStatuses": [container(running=RUNNING)],
            },
            [{"name": "s", "restartPolicy": "Always"}],
            ("2/2", "Running", "2"),
            id="sidecar",
        ),
        pytest.param(
            {
                "phase": "Running",
                "containerStatuses": [
                    container("a", terminated={"exitCode": 0, "reason": "Completed"}),
                    container("b", running=RUNNING),
                ],
            },
            [],
            ("1/1", "NotReady", "0"),
            id="one of two completed and the Pod not ready",
        ),
        pytest.param(
            {
                "phase": "Running",
                "containerStatuses": [
                    container(running=RUNNING)
                    | {
                        "restartCount": 3,
                        "lastState": {"terminated": {"finishedAt": "2026-01-01T11:55:00Z"}},
                    }
                ],
            },
            [],
            ("1/1", "Running", "3 (5m ago)"),
            id="restarted",
        ),
    ],
)
def test_pods(status: Manifest, init: list[JSON], expected: tuple[str, str, str]) -> None:
    spec: Manifest = {"containers": [{"name": "c"}], "initContainers": init}

    found = cells("Pod", {"metadata": {"name": "p"}, "spec": spec, "status": status})

    assert (found["Ready"], found["Status"], found["Restarts"]) == expected


def test_a_running_job_counts_its_duration_up_to_now() -> None:
    job: Manifest = {
        "metadata": {"name": "j", "creationTimestamp": "2026-01-01T11:00:00Z"},
        "spec": {"completions": 2},
        "status": {"startTime": "2026-01-01T11:57:00Z"},
    }

    found = cells("Job", job)
    ended = job | {
        "status": {
            "startTime": "2026-01-01T10:00:00Z",
            "completionTime": "2026-01-01T10:02:10Z",
            "succeeded": 2,
        }
    }
    then = cells("Job", ended)

    assert (found["Completions"], found["Duration"], found["Age"]) == ("0/2", "3m", "60m")
    assert (then["Completions"], then["Duration"]) == ("2/2", "2m10s")


def test_endpoints_and_slices_cut_after_three() -> None:
    addresses: list[JSON] = [{"ip": f"10.0.0.{last}"} for last in range(1, 6)]
    subset: Manifest = {"addresses": addresses, "ports": [{"port": 80}]}
    endpoints: list[JSON] = [{"addresses": [f"10.0.0.{last}"]} for last in range(1, 6)]

    old = cells("Endpoints", {"subsets": [subset]})
    new = cells("EndpointSlice", {"endpoints": endpoints, "ports": [{"name": "any"}, {}]})

    assert old["Endpoints"] == "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more..."
    assert new["Endpoints"] == "10.0.0.1,10.0.0.2,10.0.0.3 + 2 more..."
    assert new["Ports"] == "any,*"
    assert cells("Endpoints", {})["Endpoints"] == "<none>"
    assert cells("EndpointSlice", {})["Endpoints"] == "<unset>"


def test_events_of_both_groups_print_alike() -> None:
    core: Manifest = {
        "metadata": {"name": "p.1"}, "type": "Normal", "reason": "Scheduled",
        "message": "assigned \n", "involvedObject": {"kind": "Pod", "name": "p"},
        "source": {"component": "scheduler"}, "count": 2,
        "firstTimestamp": "2026-01-01T11:58:00Z", "lastTimestamp": "2026-01-01T11:59:55Z",
    }  # fmt: skip
    new: Manifest = {
        "metadata": {"name": "p.1"}, "type": "Normal", "reason": "Scheduled",
        "note": "assigned", "regarding": {"kind": "Pod", "name": "p"},
        "deprecatedSource": {"component": "scheduler"}, "deprecatedCount": 2,
        "deprecatedFirstTimestamp": "2026-01-01T11:58:00Z",
        "deprecatedLastTimestamp": "2026-01-01T11:59:55Z",
    }  # fmt: skip
    expected = ["5s", "Normal", "Scheduled", "pod/p", "", "scheduler", "assigned", "2m", 2, "p.1"]

    for event in (core, new):
        assert [column.at(event, NOW) for column in EVENT_COLUMNS] == expected
