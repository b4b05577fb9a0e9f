"""The pure control plane: admitting writes, feeding changes through rules, collecting garbage.

`admission` says what the apiserver would store for a request, `engine` what controllers would make
of it, `collect` what goes when an owner goes, `simulator` puts them together without a database.
"""
