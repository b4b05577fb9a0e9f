"""Django's settings, read from the environment once.

Every variable is declared in ``env`` below with its type and default and described in
``docs/settings.md``; a test holds the two equal. Nothing here writes: the data directory and the
secret key are made by the first run (``cluster.runtime.firstrun``).
"""

from pathlib import Path

import environ
from django.core.management.utils import get_random_secret_key
from django.templatetags.static import static

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env(
    ALLOWED_HOSTS=(list, ["127.0.0.1", "localhost", "[::1]"]),
    CSRF_TRUSTED_ORIGINS=(list, []),
    DATABASE_URL=(str, ""),
    DNS_CLUSTER=(str, "demo"),
    DNS_PORT=(int, 1053),
    HTTPS_PORT=(int, 8443),
    NETVIZ_BEHIND_TLS=(bool, False),
    NETVIZ_DATA=(str, str(BASE_DIR / "var")),
    NETVIZ_DEBUG=(bool, False),
    NETVIZ_LOAD_AHEAD=(int, 0),
    NETVIZ_LOG_LEVEL=(str, "INFO"),
    NETVIZ_PUBLIC=(bool, False),
    PORT=(int, 8000),
    REDIS_URL=(str, ""),
    SECRET_KEY=(str, ""),
)

DEBUG = env("NETVIZ_DEBUG")
NETVIZ_DATA = Path(env("NETVIZ_DATA")).expanduser().absolute()
NETVIZ_PUBLIC = env("NETVIZ_PUBLIC")
NETVIZ_LOAD_AHEAD = env("NETVIZ_LOAD_AHEAD")
PORT = env("PORT")
HTTPS_PORT = env("HTTPS_PORT")
DNS_PORT = env("DNS_PORT")
DNS_CLUSTER = env("DNS_CLUSTER")


# Security

ALLOWED_HOSTS = env("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env("CSRF_TRUSTED_ORIGINS")
SECRET_KEY_FILE = NETVIZ_DATA / "secret-key"


def read_secret_key() -> str:
    """Return the key from SECRET_KEY, else from the data directory, else one for this process.

    Commands that keep nothing run before the first run has made a key; whatever they sign is
    worthless after them.
    """
    given: str = env("SECRET_KEY")
    if given:
        return given
    if SECRET_KEY_FILE.exists():
        return SECRET_KEY_FILE.read_text(encoding="ascii").strip()
    return get_random_secret_key()


SECRET_KEY = read_secret_key()
# Browsers share cookies between the ports of a host: names of our own keep us apart from others.
SESSION_COOKIE_NAME = "netviz_session"
CSRF_COOKIE_NAME = "netviz_csrf"
LANGUAGE_COOKIE_NAME = "netviz_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env("NETVIZ_BEHIND_TLS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
CSRF_FAILURE_VIEW = "cluster.web.refusals.forged"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"


# Applications

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "cluster",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "cluster.web.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "netviz.urls"
ASGI_MODULE = "netviz.asgi:application"  # as servers name it
ASGI_APPLICATION = "netviz.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cluster.web.shell.context",
            ],
            "libraries": {"netviz": "cluster.web.tags"},
        },
    },
]


# Storage and messages

SQLITE_OPTIONS = {
    "timeout": 20,  # seconds a writer waits for another one
    "transaction_mode": "IMMEDIATE",  # a transaction that reads first can then not fail to write
    "init_command": (
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON"
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": (
        env.db_url_config(env("DATABASE_URL"))
        if env("DATABASE_URL")
        else {"ENGINE": "django.db.backends.sqlite3", "NAME": NETVIZ_DATA / "netviz.sqlite3"}
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS

CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [env("REDIS_URL")]},
        }
        if env("REDIS_URL")
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}


# Static files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}


# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]  # each calls itself so
LOCALE_PATHS = [BASE_DIR / "cluster" / "locale"]  # our words come before those of other apps
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"


# Interfaces

UNFOLD = {
    "SITE_TITLE": "netviz",
    "SITE_HEADER": "netviz",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("icons/logo.svg")}
    ],
    "SITE_SYMBOL": "hub",
    "SHOW_VIEW_ON_SITE": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        # Shades of the dashboard's token `service`, which is 600 on light and 300 on dark.
        "primary": {
            "50": "#eef4ff",
            "100": "#e0eaff",
            "200": "#c7d7fe",
            "300": "#a4bcfd",
            "400": "#8098f9",
            "500": "#6172f3",
            "600": "#3538cd",
            "700": "#2d31a6",
            "800": "#2d3282",
            "900": "#262b6b",
            "950": "#1f235b",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "cluster.admin.navigation.sidebar",
    },
}
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "netviz",
    "DESCRIPTION": "Questions about the network of a Kubernetes cluster.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}


# Logs: one line per record, on standard error

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name}: {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("NETVIZ_LOG_LEVEL").upper()},
    "loggers": {
        # Django adds a handler of its own; without it records reach the root's.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # One line per request is the proxy's work.
        "django.channels.server": {"level": "WARNING"},
    },
}
