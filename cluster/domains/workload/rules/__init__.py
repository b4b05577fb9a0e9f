"""The rules of this domain; `RULES` lists them in the order in which they run."""

from __future__ import annotations

from cluster.domains.workload.rules.deployments import Deployments
from cluster.domains.workload.rules.kubelet import Kubelets
from cluster.domains.workload.rules.node_lifecycle import NodeLifecycle
from cluster.domains.workload.rules.nodes import Nodes
from cluster.domains.workload.rules.replicasets import REPLICA_SETS, REPLICATION_CONTROLLERS
from cluster.domains.workload.rules.scheduling import Scheduling
from cluster.domains.workload.rules.termination import NodeCollection, TaintEviction, Termination
from cluster.machinery.rule import Rule

RULES: tuple[Rule, ...] = (
    Nodes(),
    Deployments(),
    REPLICA_SETS,
    REPLICATION_CONTROLLERS,
    Scheduling(),
    Kubelets(),
    NodeLifecycle(),
    TaintEviction(),
    NodeCollection(),
    Termination(),
)
