"""Ports of this machine for what the tests start."""

import os
import socket
from random import SystemRandom

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4  # each has ports of its own
FROM, MANY = 15_000, 4_000  # the kernel gives ports from 32 768 on to whoever calls out


def a_free_port() -> socket.socket:
    """A socket on a free port that nobody else takes once it is closed for a program of ours."""
    while True:
        # the protocol said, or asyncio lets the kernel hold every answer back for 40 ms (no TCP_NODELAY)
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", SystemRandom().randrange(MANY) + FROM + WORKER * MANY))
        except OSError:
            listening.close()
        else:
            return listening
