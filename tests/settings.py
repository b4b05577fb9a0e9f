"""The settings of the tests: the product's own, with a data directory that is thrown away."""

import os
import tempfile

os.environ["NETVIZ_DATA"] = tempfile.mkdtemp(prefix="netviz-tests-")
os.environ["REDIS_URL"] = ""

from netviz.settings import *  # noqa: F403 - after the environment it reads
from netviz.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for made-up users
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True  # no collected files needed
