"""Words that every kind shares, and nothing that only one kind needs.

Pure: no Django, clock, randomness, thread or network. Everything arrives as an argument.
"""
