"""The settings of the tests: the product's own, with a data directory that is thrown away."""

import os
import tempfile

os.environ["NETVIZ_DATA"] = tempfile.mkdtemp(prefix="netviz-tests-")
os.environ["REDIS_URL"] = ""

from netviz.settings import *  # noqa: F403 - after the environment it reads
from netviz.settings import DATABASES, NETVIZ_DATA, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for made-up users
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True  # no collected files needed

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in the product: threads of a database in memory share one connection's locks.
    DATABASES["default"]["TEST"] = {"NAME": NETVIZ_DATA / "test.sqlite3"}
