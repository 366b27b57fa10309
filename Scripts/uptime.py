#!/usr/bin/env python3
"""Asks whether the suite is up: `python Scripts/uptime.py --gateway URL`. The work is in suite/ci/uptime.py."""

import sys

from suite.ci.uptime import main

sys.exit(main())
