"""Workloads: Namespaces, Nodes, Pods and the controllers that make Pods. Pure."""
