"""Ports that a test has for itself, so that what runs beside it on this computer doesn't take them in between."""

import socket


def free_port() -> int:
    """Return a port of this computer's own address that nobody has and that nobody is likely to get."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
