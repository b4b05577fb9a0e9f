"""Findings that need several domains at once: what policies do to Services and to names."""
