"""Tables, and one proxy model per kind. Django starts here.

Only ``cluster.store``, ``cluster.admin`` and migrations import this package.
"""
