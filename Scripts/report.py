#!/usr/bin/env python3
"""The coverage of a run as a table: `python Scripts/report.py`. The work is in Scripts/suite/ci/report.py."""

import sys

from suite.ci.report import main

sys.exit(main())
