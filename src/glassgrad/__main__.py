"""Lets ``python -m glassgrad`` do what the command ``glassgrad`` does."""

import sys

from glassgrad.cli import main

sys.exit(main())
