"""The rules of this domain; `RULES` lists them in the order in which they run."""
