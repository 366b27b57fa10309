#!/usr/bin/env python3
"""Tells people: `python Scripts/notify.py --help`. The work is in suite/ci/notify.py."""

import sys

from suite.ci.notify import main

sys.exit(main())
