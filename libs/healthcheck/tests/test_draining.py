"""SIGTERM, in this process and in one of its own."""

import os
import signal
import subprocess
import sys
import threading
from unittest import mock

from django.test import SimpleTestCase

import healthcheck
from healthcheck import draining


class DrainTests(SimpleTestCase):
    def setUp(self) -> None:
        self.addCleanup(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))
        self.addCleanup(signal.signal, signal.SIGALRM, signal.getsignal(signal.SIGALRM))
        patch = mock.patch.object(draining, "_draining", False)
        patch.start()
        self.addCleanup(patch.stop)
        self.stopped = threading.Event()
        signal.signal(signal.SIGTERM, lambda signum, frame: self.stopped.set())

    def test_drain(self) -> None:
        self.assertFalse(healthcheck.is_draining())
        healthcheck.drain()
        self.assertTrue(healthcheck.is_draining())

    def test_sigterm_drains_and_goes_on_to_the_server(self) -> None:
        healthcheck.drain_on_sigterm()
        os.kill(os.getpid(), signal.SIGTERM)
        self.assertTrue(self.stopped.wait(60))
        self.assertTrue(healthcheck.is_draining())

    def test_the_server_hears_of_it_after_the_delay(self) -> None:
        healthcheck.drain_on_sigterm(delay=0.05)
        with mock.patch("signal.setitimer") as timer:
            os.kill(os.getpid(), signal.SIGTERM)
        timer.assert_called_once_with(signal.ITIMER_REAL, 0.05)
        self.assertEqual((True, False), (healthcheck.is_draining(), self.stopped.is_set()))
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        self.assertTrue(self.stopped.wait(60))

    def test_a_second_sigterm_does_not_wait(self) -> None:
        healthcheck.drain_on_sigterm(delay=60)
        with mock.patch("signal.setitimer"):
            os.kill(os.getpid(), signal.SIGTERM)
            self.assertFalse(self.stopped.is_set())
            os.kill(os.getpid(), signal.SIGTERM)
        self.assertTrue(self.stopped.is_set())

    def test_where_nobody_handled_it_the_process_ends_as_before(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        healthcheck.drain_on_sigterm()
        with mock.patch("os.kill") as kill:
            signal.getsignal(signal.SIGTERM)(signal.SIGTERM, None)  # type: ignore[operator,misc]
        kill.assert_called_once_with(os.getpid(), signal.SIGTERM)
        self.assertEqual(signal.SIG_DFL, signal.getsignal(signal.SIGTERM))

    def test_in_a_process_of_its_own(self) -> None:
        code = "import healthcheck, os, signal; healthcheck.drain_on_sigterm(); os.kill(os.getpid(), signal.SIGTERM)"
        self.assertEqual(-signal.SIGTERM, subprocess.run([sys.executable, "-c", code], check=False).returncode)  # noqa: S603

    def test_where_it_was_ignored_it_stays_so(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        healthcheck.drain_on_sigterm()
        os.kill(os.getpid(), signal.SIGTERM)
        self.assertTrue(healthcheck.is_draining())
