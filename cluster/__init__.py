"""netviz' one Django application: what a cluster is, and what Kubernetes would make of it."""
