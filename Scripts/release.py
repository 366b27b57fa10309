#!/usr/bin/env python3
"""Versions, notes, changelog: `python Scripts/release.py --help`. The work is in suite/ci/release.py."""

import sys

from suite.ci.release import main

sys.exit(main())
