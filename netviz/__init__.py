"""The Django project: settings from the environment, addresses, and the ASGI application.

What netviz does lives in ``cluster``; this package only puts it together.
"""
