"""The site's own settings, with quick passwords, and static files named as in service."""

from seniors.settings import *  # noqa: F403
from seniors.settings import STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "seniors.static_files.HashedFiles"}}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("", "css", "js", "svg", "ttf", "txt", "md", "map", "json")
# Found before those of the apps (`altered`).
STATICFILES_DIRS = [VAR_DIR / "altered"]
STATICFILES_DIRS[0].mkdir(parents=True, exist_ok=True)
