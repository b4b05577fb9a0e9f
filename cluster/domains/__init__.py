"""What Kubernetes means, one folder per area, rules beside the kinds they serve.

Pure. A kind is a frozen value with its parsing, defaults and checks; a rule says whose answer a
change alters and what the answer is. Kinds and rules become known through ``cluster.catalog``.
"""
