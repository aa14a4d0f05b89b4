"""Settings, read from the environment. Without BIENVEILLE_DEV the site starts closed."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """The value of BIENVEILLE_<name>, or of the file that BIENVEILLE_<name>_FILE names."""
    path = os.environ.get(f"BIENVEILLE_{name}_FILE")
    value = (
        Path(path).read_text().strip() if path else os.environ.get(f"BIENVEILLE_{name}", default)
    )
    if value is None:
        raise ImproperlyConfigured(f"BIENVEILLE_{name} is required (or BIENVEILLE_DEV=1).")
    return value


def env_int(name: str, default: int, least: int = 0) -> int:
    """A whole number of the environment, refused when it is not one or is under `least`."""
    text = env(name, str(default))
    if not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"BIENVEILLE_{name}={text!r}: a whole number from {least}.")
    return int(text)


DEV = env("DEV", "0") == "1"
DEBUG = DEV and env("DEBUG", "1") == "1"
SECRET_KEY = env("SECRET_KEY", "development-only-" + "k" * 50 if DEV else None)
ALLOWED_HOSTS = env("HOSTS", "127.0.0.1,localhost,[::1],testserver" if DEV else None).split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not DEV]
CSRF_FAILURE_VIEW = "seniors.signing_in.token_refused"

# What a landlord decides
LANDLORD = env("LANDLORD", "Bailleur de démonstration" if DEV else "Bienveille")
# Printed on the questionnaire: where it goes back to, and whom to ring for help.
LANDLORD_ADDRESS = env("LANDLORD_ADDRESS", "").replace("\\n", "\n")
# For show: 02 61 91 is one of the ranges that the regulator (Arcep) keeps for fiction.
LANDLORD_PHONE = env("LANDLORD_PHONE", "0261910000" if DEV else "")
SENIOR_AGE = env_int("SENIOR_AGE", 60, least=50)
SMALL_CELL = env_int("SMALL_CELL", 11, least=5)
GRID_FILE = Path(env("GRID", str(BASE_DIR / "seniors/fragility/grids/bienveille.toml")))

INSTALLED_APPS = [
    "seniors",
    "surveys",
    "visits",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_q",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "seniors.middleware.kept_by_no_cache",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "seniors.middleware.login_required",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "seniors.urls"
WSGI_APPLICATION = "seniors.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "seniors.web.site_context",
            ],
            "builtins": ["seniors.templatetags.account", "seniors.templatetags.french"],
        },
    }
]

# Data: SQLite unless BIENVEILLE_DATABASE names a PostgreSQL database
VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
MEDIA_ROOT = VAR_DIR / "files"  # private: no URL serves it
if env("DATABASE", ""):
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": env("DATABASE"),
            "USER": env("DATABASE_USER", ""),
            "PASSWORD": env("DATABASE_PASSWORD", ""),
            "HOST": env("DATABASE_HOST", ""),
            "PORT": env("DATABASE_PORT", ""),
            "CONN_MAX_AGE": 60,
            # Compiling a page's query takes longer than running it.
            "OPTIONS": {"options": "-c jit=off"},
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "bienveille.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA cache_size=-65536;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

Q_CLUSTER = {
    "name": "bienveille",
    "orm": "default",
    "workers": 1,
    "timeout": 3600,
    "retry": 3700,
    "max_attempts": 1,
    "catch_up": False,
    "save_limit": 200,
    "sync": env("TASKS_INLINE", "0") == "1",
}

# E-mail to partners and tenants: none leaves until a server is named
SITE = env("SITE", "http://127.0.0.1:8000" if DEV else f"https://{ALLOWED_HOSTS[0]}")
EMAIL_HOST, EMAIL_PORT = env("EMAIL_HOST", ""), env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env("EMAIL_USER", ""), env("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env("EMAIL_TLS", "1") == "1"
EMAIL_TIMEOUT = 10
if DEV and not EMAIL_HOST:  # read in the terminal
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", f"bienveille@{ALLOWED_HOSTS[0]}")

# People
AUTH_USER_MODEL = "seniors.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# How many proxies of ours stand before the site: whose X-Forwarded-For is believed.
PROXIES = env_int("PROXIES", 0)
AXES_CLIENT_IP_CALLABLE = "seniors.middleware.client_ip"
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# Language
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder not there yet
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEV
        else "seniors.static_files.HashedFiles"
    },
}

# Uploads are written to disk piece by piece and bounded by the import form
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_MB", 400, least=1) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["seniors.uploads.BoundedUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600  # a day of work: a browser left open is logged out overnight
if not DEV:
    SECURE_SSL_REDIRECT = env("SSL_REDIRECT", "1") == "1"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Logs carry counts and codes, never a person's data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "seniors.logs.Discreet",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
