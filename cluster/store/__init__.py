"""The one way to the tables: write, read, log, derived objects and garbage collection.

Admin, upload, API, commands and the engine all write through here; each write is decoded,
defaulted, checked and recorded in the cluster's log within one transaction.
"""
