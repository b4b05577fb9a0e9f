"""What runs: the first run, the supervisor, the engine's loop, and replicas of the log.

Clocks, randomness, processes and signals live here, so that everything below can do without.
"""
