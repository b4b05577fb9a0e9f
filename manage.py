#!/usr/bin/env python
"""Run a netviz command from a checkout: ``python manage.py <command>``."""

from netviz.cli import main

if __name__ == "__main__":
    main()
