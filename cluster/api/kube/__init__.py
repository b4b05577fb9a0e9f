"""Kubernetes' REST API on every cluster: what kubectl and other clients of an apiserver ask."""
