"""What a change would do, before it is made (`netviz plan`).

The cluster is copied into memory, the change is made there, and both states are compared: objects,
connections, names, routes, findings. Nothing of the cluster itself changes.
"""
