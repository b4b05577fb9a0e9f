"""Drawn pieces of a snapshot as networkx graphs: views, levels of detail, paths and text forms.

The only package that uses networkx. Pure: it returns the values that ``api``, ``web``
and ``live`` send.
"""
