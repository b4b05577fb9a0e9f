"""What a simulator cannot do: one clear sentence each, never a broken connection.

There is no container to run a command in, and no packet to forward; what netviz can say about the
connection instead is in `netviz trace` and on the page Trace.
"""

from __future__ import annotations

from cluster.api.kube.statuses import Simulated

_INSTEAD = "to see whether a connection would succeed, use `netviz trace` or the page Trace"
_SENTENCES = {
    "exec": f"netviz simulates Pods and runs no containers, so nothing can be executed in one; {_INSTEAD}",  # noqa: E501
    "attach": f"netviz simulates Pods and runs no containers, so there is nothing to attach to; {_INSTEAD}",  # noqa: E501
    "log": "netviz simulates Pods and runs no containers, so they write no logs; its Events tell what happened to one: `kubectl describe`",  # noqa: E501
    "portforward": f"netviz simulates Pods and moves no packets, so no port can be forwarded; {_INSTEAD}",  # noqa: E501
    "proxy": f"netviz simulates the network and moves no packets, so nothing can be proxied; {_INSTEAD}",  # noqa: E501
    "ephemeralcontainers": f"netviz simulates Pods and runs no containers, so none can be added to debug one; {_INSTEAD}",  # noqa: E501
    "binding": "netviz schedules Pods itself: set spec.nodeName when creating the Pod to choose its Node",  # noqa: E501
    "token": "netviz runs no containers, so its ServiceAccounts have no tokens; a user's own is in the kubeconfig: `netviz kubeconfig`",  # noqa: E501
}


def refusal(subresource: str) -> Simulated:
    """Return the 501 of a subresource that only a real cluster has."""
    return Simulated(_SENTENCES[subresource])


def absent(kind: str) -> Simulated:
    """Return the 501 for making an object of a kind that says nothing about the network."""
    return Simulated(f"netviz keeps no {kind}: it says nothing about how traffic flows")


REFUSED = frozenset(_SENTENCES)
