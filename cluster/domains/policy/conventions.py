"""What upstream leaves open, and how it is read here: the project rules as switches.

The defaults are netviz's answers. Other analysers decide some of these otherwise; the switches
allow a comparison with them. Source: options of `reach` in questions.md; semantics.md
H-10 to H-12, H-18.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.pod import Pod
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class Conventions:
    """How Pods and Nodes take part in connections.

    `assume_pods_have_ip`: a Pod without an address takes part, in every family of the cluster;
    no ipBlock covers it. `host_network_is_normal`: hostNetwork Pods are isolated and meant by
    peers like others (against H-10). `node_traffic_is_normal`: a Pod's own Node gets no exception
    (against H-11). `include_finished_pods`: Pods in phase Succeeded or Failed count (against
    H-12). `ipblock_matches_pods`: an ipBlock covers the addresses of Pods, too (H-18).
    """

    assume_pods_have_ip: bool = False
    host_network_is_normal: bool = False
    node_traffic_is_normal: bool = False
    include_finished_pods: bool = False
    ipblock_matches_pods: bool = True

    def is_node_traffic(self, pod: Pod) -> bool:
        """Whether the Pod's traffic is its Node's: neither selected nor meant by peers (H-10)."""
        return pod.host_network and not self.host_network_is_normal

    def obstacle(self, pod: Pod) -> str:
        """Return what keeps a Pod out of every connection (H-12), empty where nothing does."""
        if pod.is_finished and not self.include_finished_pods:
            return say(
                "Pod {namespace}/{name} is in phase {phase}",
                namespace=pod.meta.namespace,
                name=pod.meta.name,
                phase=pod.phase,
            )
        if not pod.ips and not self.assume_pods_have_ip:
            return say(
                "Pod {namespace}/{name} has no address",
                namespace=pod.meta.namespace,
                name=pod.meta.name,
            )
        return ""


STANDARD = Conventions()
