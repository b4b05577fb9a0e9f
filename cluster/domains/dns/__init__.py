"""The cluster's DNS: records of Services and Pods, a Pod's resolver, and resolution explained."""
