"""The work of passwords, bounded."""

import threading

from django.contrib.auth.hashers import make_password

from users.models import User

# A hash takes 46 MiB and a core for 50 ms: beyond two at once they would only starve every other request.
turn = threading.BoundedSemaphore(2)


def password_matches(user: User | None, password: str) -> bool:
    """Whether it is the user's password; without a user or a password of theirs after the same work."""
    with turn:
        if user is None or not user.has_usable_password():
            make_password(password)  # the work of a check, so that its absence tells nothing
            return False
        return user.check_password(password)
