"""The only list of domains and rules.

Everything that needs every kind or every rule reads it here; adding a kind adds a line to this
module and to nothing else outside its domain.
"""
