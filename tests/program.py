"""The program, read once for all its processes that are forked (tests/forks.py)."""

import os

os.environ |= {"COLUMNS": "200", "TERM": "dumb"}  # what the terminal is, which is asked once; none, and wide
import server.__main__  # noqa: F401 (read for those forked from here)
