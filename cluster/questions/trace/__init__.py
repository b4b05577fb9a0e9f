"""One connection, step by step, with the reasons (`netviz trace`).

Each module knows some stages; `tracing` puts them in order. Every answer comes from the domains:
resolution from dns, choice of endpoints from service, routes from ingress, verdicts from policy.
"""
