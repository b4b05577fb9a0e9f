"""What netviz knows about a Kubernetes cluster's network, and how it keeps and shows it.

Pure packages hold what Kubernetes means (``machinery``, ``domains``, ``engine``, ``topology``,
``catalog``, ``questions``); the others store it, run it and serve it. Imports point down only, by
the contracts in ``pyproject.toml``.
"""
