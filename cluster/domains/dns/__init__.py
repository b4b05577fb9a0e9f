"""DNS: what the cluster's server answers, how Pods ask it, and under which names Pods go."""
