"""What the server does not set on the sockets it listens on."""

import os
import socket
from contextlib import suppress

__all__ = ["end_who_does_not_read"]


def end_who_does_not_read(seconds: int) -> int:
    """Have connections closed that take nothing of what is sent to them for so long; how many listening sockets of this
    process now say so.

    The kernel does it, by TCP_USER_TIMEOUT, which a connection has from the socket that accepted it. Who reads slowly
    goes on. Elsewhere than on Linux nothing is done.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None or not os.path.isdir("/proc/self/fd"):
        return 0
    found = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # closed meanwhile, or no socket
            descriptor = os.dup(int(name))
            try:
                if _listens(descriptor):
                    with socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM) as listening:
                        listening.setsockopt(socket.IPPROTO_TCP, option, seconds * 1000)
                    found += 1
            finally:
                os.close(descriptor)
    return found


def _listens(descriptor: int) -> bool:
    with socket.fromfd(descriptor, socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        domain = asked.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN)
        return domain in (socket.AF_INET, socket.AF_INET6) and bool(
            asked.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        )
