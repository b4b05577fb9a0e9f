"""The cluster's DNS: records of Services and Pods, a Pod's resolver, resolution explained."""
