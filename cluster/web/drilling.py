"""Drills as buttons: what an object's page offers to try, and how it is undone."""


def drills_for(access, subject, manifest):
    return []
