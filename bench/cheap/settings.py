"""auth-service as it is, but for passwords that cost nothing: what is left of a sign-in is its own."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["cheap.hashers.CheapHasher"]
