"""Questions over a snapshot: check, reach, trace, plan, dig, route.

Each takes a snapshot and arguments and returns an answer that names its reasons. Pure: commands,
the API and pages ask the same functions.
"""
