"""The rules of this domain; `RULES` lists them in the order in which they run.

Nodes come first, then what makes Pods, then what happens to Pods, so that one pass from the top
carries a new Deployment to ready Pods; the engine repeats it until nothing changes.
"""

from __future__ import annotations

from cluster.domains.workload.rules.cronjobs import CronJobs
from cluster.domains.workload.rules.daemonsets import DaemonSets
from cluster.domains.workload.rules.deployments import Deployments
from cluster.domains.workload.rules.jobs import Jobs
from cluster.domains.workload.rules.kubelet import Kubelets
from cluster.domains.workload.rules.node_lifecycle import NodeLifecycle
from cluster.domains.workload.rules.nodes import Nodes
from cluster.domains.workload.rules.replicasets import REPLICA_SETS, REPLICATION_CONTROLLERS
from cluster.domains.workload.rules.scheduling import Scheduling
from cluster.domains.workload.rules.statefulsets import StatefulSets
from cluster.domains.workload.rules.termination import (
    NodeCollection,
    TaintEviction,
    Termination,
)
from cluster.machinery.rule import Rule

RULES: tuple[Rule, ...] = (
    Nodes(),
    NodeLifecycle(),
    NodeCollection(),
    TaintEviction(),
    Termination(),
    Deployments(),
    REPLICA_SETS,
    REPLICATION_CONTROLLERS,
    StatefulSets(),
    DaemonSets(),
    CronJobs(),
    Jobs(),
    Scheduling(),
    Kubelets(),
)
