#!/usr/bin/env python3
"""Which services a change concerns: `python Scripts/changes.py --base main`. The work is in suite/ci/changes.py."""

import sys

from suite.ci.changes import main

sys.exit(main())
