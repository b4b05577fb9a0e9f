"""Workloads: Pods, what makes them, and where they run.

Pod, Node, Namespace, Deployment, ReplicaSet, StatefulSet, DaemonSet, Job and CronJob.
"""
