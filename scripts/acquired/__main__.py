"""`python -m acquired`."""

import sys

from acquired.cli import main

sys.exit(main())
