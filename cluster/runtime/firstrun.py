"""The first run: data directory, secret key, database and the user ``admin``.

Every command that keeps something may call :func:`prepare`; from the second time on it only brings
the database up to date. It reads nothing but the settings.
"""

import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, transaction

from cluster.runtime.datadir import make_data_directory, make_secret_key

ADMIN_NAME = "admin"
PASSWORD_BYTES = 12
"""Entropy of the first password, 96 bits: 16 characters, short enough to type."""


def prepare() -> str | None:
    """Make what a first run makes, and return the line to print when ``admin`` was made.

    The line, ``login: admin / PASSWORD``, is the only place where the password ever appears.
    Returns None from the second run on. Raises OSError when the data directory cannot be written
    and Django's database errors when the database cannot be reached.
    """
    make_data_directory(settings.NETVIZ_DATA)
    make_secret_key(settings.SECRET_KEY_FILE)
    call_command("migrate", interactive=False, verbosity=0)
    password = make_admin()
    return None if password is None else f"login: {ADMIN_NAME} / {password}"


def make_admin() -> str | None:
    """Make the superuser ``admin`` in a database without users; return the password, else None.

    A database that has any user, even one without ``admin``, has had its first run.
    """
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        with transaction.atomic():
            User.objects.create_superuser(ADMIN_NAME, password=password)
    except IntegrityError:  # another process was first, and prints its own line
        return None
    return password
