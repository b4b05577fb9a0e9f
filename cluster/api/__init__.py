"""The REST APIs: Kubernetes' own for kubectl, and netviz's questions."""
