#!/usr/bin/env python3
"""Checks commit messages: `python Scripts/commits.py --since main`. The work is in suite/ci/commits.py."""

import sys

from suite.ci.commits import main

sys.exit(main())
