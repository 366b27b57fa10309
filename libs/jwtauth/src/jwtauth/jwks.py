"""auth's public keys, held in memory: refreshed by a background thread, kept in a table for the next start."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.db import DatabaseError, connection
from django.utils import timezone

from jwtauth.conf import config
from jwtauth.errors import KeysUnavailable
from jwtauth.keys import parse_jwks
from jwtauth.models import KeySet
from servicekit import http

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 300.0
# After a failure: 1 s doubling to this; also the least time between two refreshes that unknown key ids asked for.
RETRY_SECONDS = 30.0
COOLDOWN_SECONDS = 10.0
TIMEOUT_SECONDS = 2.0


class RemoteKeySource:
    """Keys of the issuer's JWKS_URL. `find` reads memory; the one query of a process is the first call's."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._confirmed_at: float | None = None
        self._attempted_at: float | None = None
        self._loaded = False
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def find(self, kid: str) -> EllipticCurvePublicKey | None:
        """The key of that id; an unknown id asks the thread for a refresh, at most every ten seconds, and is None."""
        self.start()
        keys = self._keys
        if (key := keys.get(kid)) is not None:
            return key
        self._nudge()
        if not keys:
            raise KeysUnavailable
        return None

    def age(self) -> float | None:
        """Seconds since auth last confirmed the keys; None when there are none."""
        self.start()
        if not self._keys or self._confirmed_at is None:
            return None
        return self._clock() - self._confirmed_at

    def start(self) -> None:
        """Loads the stored keys and starts this process's thread, once; a fork has to start its own."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if not self._loaded and not self._keys:
                self._load()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="jwtauth-jwks", daemon=True)
                self._thread.start()

    def refresh(self) -> bool:
        """Fetches the keys once (at most two seconds) and stores them when they changed; False when that failed."""
        self._attempted_at = self._clock()
        settings = config()
        try:
            document = http.request("GET", settings.jwks_url, timeout=TIMEOUT_SECONDS)
            if document.status != 200:
                raise ValueError(f"status {document.status}")
            body = document.json()
            keys = parse_jwks(body)
        except (http.Unreachable, ValueError) as error:
            # A garbled answer and no answer are the same to us: the last good keys go on serving.
            logger.warning("keys could not be refreshed", extra={"url": settings.jwks_url, "reason": repr(error)})
            return False
        self._keys, self._confirmed_at = keys, self._clock()
        self._store(settings.issuer, body)
        return True

    def _load(self) -> None:
        try:
            row = KeySet.objects.filter(pk=config().issuer).first()
        except DatabaseError:
            logger.warning("stored keys could not be read", exc_info=True)
            return
        self._loaded = True
        if row is None:
            return
        try:
            self._keys = parse_jwks(row.document)
        except ValueError:
            logger.error("stored keys are unusable", extra={"issuer": row.issuer})
            return
        self._confirmed_at = self._clock() - (timezone.now() - row.fetched_at).total_seconds()

    def _store(self, issuer: str, document: Mapping[str, Any]) -> None:
        try:
            KeySet.objects.update_or_create(
                issuer=issuer, defaults={"document": document, "fetched_at": timezone.now()}
            )
        except DatabaseError:
            # Memory has them already; the table only matters to a restart while auth is away.
            logger.warning("keys could not be stored", exc_info=True)

    def _nudge(self) -> None:
        attempted = self._attempted_at
        if attempted is None or self._clock() - attempted >= COOLDOWN_SECONDS:
            self._wake.set()

    def _run(self) -> None:
        delay = 1.0
        while True:
            self._wake.clear()
            try:
                succeeded = self.refresh()
            except Exception:
                # The thread is all that keeps the keys fresh: a surprise must not end it.
                logger.exception("refreshing the keys failed")
                succeeded = False
            finally:
                connection.close()
            delay = 1.0 if succeeded else min(delay * 2, RETRY_SECONDS)
            self._wake.wait(REFRESH_SECONDS if succeeded else delay)


key_source = RemoteKeySource()
