"""A kubeconfig for every client: where the clusters are, whom to trust, who asks."""

from __future__ import annotations

import base64

import yaml
from django.contrib.auth.models import AbstractBaseUser

from cluster.runtime.tokens import token_of


def server_of(cluster: str, *, host: str, https_port: int) -> str:
    """Return the address of a cluster's API."""
    bracketed = f"[{host}]" if ":" in host else host
    return f"https://{bracketed}:{https_port}/clusters/{cluster}"


def kubeconfig(
    clusters: list[str],
    user: AbstractBaseUser,
    *,
    current: str,
    authority: bytes,
    host: str = "127.0.0.1",
    https_port: int,
) -> str:
    """Return a kubeconfig with a context for each of `clusters`, `current` being chosen.

    It holds the user's token: who has the text is that user.
    """
    name = user.get_username()
    trusted = base64.b64encode(authority).decode()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": f"netviz-{current}",
        "clusters": [
            {
                "name": f"netviz-{cluster}",
                "cluster": {
                    "server": server_of(cluster, host=host, https_port=https_port),
                    "certificate-authority-data": trusted,
                },
            }
            for cluster in clusters
        ],
        "users": [{"name": f"netviz-{name}", "user": {"token": token_of(user)}}],
        "contexts": [
            {
                "name": f"netviz-{cluster}",
                "context": {"cluster": f"netviz-{cluster}", "user": f"netviz-{name}"},
            }
            for cluster in clusters
        ],
    }
    return yaml.safe_dump(document, sort_keys=False)
