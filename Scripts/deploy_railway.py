#!/usr/bin/env python3
"""Deploys to Railway, with its way back: `python Scripts/deploy_railway.py --help`. The work is in suite/railway/."""

import sys

from suite.railway.cli import main

sys.exit(main())
