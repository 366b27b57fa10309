#!/usr/bin/env python3
"""Protects branches: `python Scripts/protect_branches.py --dry-run`. The work is in suite/ci/protection.py."""

import sys

from suite.ci.protection import main

sys.exit(main())
