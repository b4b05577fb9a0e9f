from dataclasses import dataclass


@dataclass
class Review:
    errors: tuple = ()
    unknown: tuple = ()
    pruned: dict = None


def shape_of(a, k):
    return None


def review(manifest, shape):
    return Review(pruned=manifest)
