"""What Kubernetes means, one folder per area; rules beside the kinds they serve. Pure."""
