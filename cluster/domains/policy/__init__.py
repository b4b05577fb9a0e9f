"""NetworkPolicy: which Pods are isolated, which connections are allowed, and why."""
