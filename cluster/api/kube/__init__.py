"""Kubernetes' own REST API on every cluster, under `/clusters/<cluster>/`, for kubectl and others.

An ASGI application of its own beside Django's (`application`), since nothing of a website belongs
on these paths: no session, no redirect, no HTML page; every answer is an object or a `Status`.

The way of a request: `application` reads it, `access` says whose it is, `routes` and `resources`
what it names, `verbs` what is done: `reading`, `writing`, `subresources`, `watching`. Discovery
and reviews are documents made from the same `resources`. Contract: kube-api.md.
"""
