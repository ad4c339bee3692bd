"""`python -m bot`, also installed as `postwatch`."""

import sys

from bot.cli import main

sys.exit(main())
