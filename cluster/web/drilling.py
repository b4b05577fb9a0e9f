"""Drills as buttons: what an object's page offers to try, and how it is undone."""
