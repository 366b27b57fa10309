"""The settings `STORAGES` and `ATTACHMENT_SCANNER`."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from servicekit.env import Env

MIB = 1024 * 1024


def storages(env: Env, *, default_dir: Path) -> dict[str, Any]:
    """All of Django's `STORAGES`; the one called `attachments` is private.

    S3 where ATTACHMENTS_S3_BUCKET is set (ATTACHMENTS_S3_ENDPOINT, _REGION, _ACCESS_KEY_ID, _SECRET_ACCESS_KEY,
    _PREFIX; without keys boto's own sources apply), otherwise the folder ATTACHMENTS_DIR. Tests keep them in memory.
    """
    folder = Path(env.str("ATTACHMENTS_DIR", default=str(default_dir))).absolute()
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "attachments": _attachments(env, folder),
    }


def scanner(env: Env) -> str:
    """ATTACHMENT_SCANNER: `clamd://HOST:3310` or `clamd:///PATH/OF/SOCKET`; empty: files are not scanned.

    Raises ImproperlyConfigured for anything else.
    """
    value = env.str("ATTACHMENT_SCANNER", default="")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        port = 0
    well_formed = parts.scheme == "clamd" and port != 0 and bool(parts.hostname) != bool(parts.path.strip("/"))
    if not well_formed or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured("ATTACHMENT_SCANNER must be clamd://HOST:PORT or clamd:///PATH/OF/SOCKET.")
    return value


def _attachments(env: Env, folder: Path) -> dict[str, Any]:
    bucket = env.str("ATTACHMENTS_S3_BUCKET", default="")
    if bucket:
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3_options(env, bucket)}
    if env.is_test:
        return {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    options = {"location": str(folder), "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "attachments.storage.ContentStorage", "OPTIONS": options}


def _s3_options(env: Env, bucket: str) -> dict[str, Any]:
    try:
        from botocore.config import Config  # type: ignore[import-untyped]
    except ImportError:
        raise ImproperlyConfigured(
            "ATTACHMENTS_S3_BUCKET is set but the S3 client is missing: pip install 'tts-attachments[s3]'."
        ) from None
    return {
        "bucket_name": bucket,
        "endpoint_url": env.str("ATTACHMENTS_S3_ENDPOINT", default="") or None,
        "region_name": env.str("ATTACHMENTS_S3_REGION", default="") or None,
        "access_key": env.str("ATTACHMENTS_S3_ACCESS_KEY_ID", default="") or None,
        "secret_key": env.str("ATTACHMENTS_S3_SECRET_ACCESS_KEY", default="") or None,
        "location": env.str("ATTACHMENTS_S3_PREFIX", default=""),
        "default_acl": None,  # the bucket's own policy, which must be private
        "file_overwrite": True,
        "max_memory_size": MIB,
        "client_config": Config(
            signature_version="s3v4",
            connect_timeout=3,
            read_timeout=10,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    }
