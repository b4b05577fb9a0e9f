"""Words that every kind of object shares.

Identity, metadata, selectors, addresses, decoding and its errors, snapshots, changes, and what a
rule is. Pure: everything arrives as an argument, and no kind of object is known by name.
"""
