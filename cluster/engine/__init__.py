"""The engine: changes in, consequences out.

Feeds changes through the rules in their order and returns the difference between what should exist
and what does. Pure: storing the result and waiting for the next change belong to
``cluster.runtime``.
"""
