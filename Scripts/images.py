#!/usr/bin/env python3
"""Pushes and promotes images: `python Scripts/images.py --help`. The work is in suite/ci/publish.py."""

import sys

from suite.ci.publish import main

sys.exit(main())
