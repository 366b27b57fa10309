"""The tests of auth. Two classes are named here because people run them by these names."""

import unittest
from pathlib import Path

from users.tests.test_sign_in import UserAuthenticationTests, UserLoginAPITests

__all__ = ["UserAuthenticationTests", "UserLoginAPITests"]


def load_tests(
    loader: unittest.TestLoader, standard_tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    """Every module of this folder, once: Django would load only the two classes above for the label `users.tests`."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))
    return loader.loadTestsFromNames([f"{__name__}.{name}" for name in names])
