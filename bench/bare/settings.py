"""No middleware, no database, no framework: one view."""

SECRET_KEY = "signs nothing"  # noqa: S105
SERVICE, VERSION = "bare", "0"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bare.wsgi"
MIDDLEWARE: list[str] = []
INSTALLED_APPS: list[str] = []
USE_TZ = True
