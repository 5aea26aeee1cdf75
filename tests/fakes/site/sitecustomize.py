"""Keeps processes that tests start off the network: Python imports this file at start when its folder is on PYTHONPATH.

`pytest-socket` guards the test process only. This audit hook guards every Python process below it, once
NABIJ_ONLY_LOOPBACK=1 is set (tests.fakes.loopback). Sockets that C libraries open by themselves (libpq, libuv) are out
of its sight; those are handed loopback addresses by the tests that use them.

A hook cannot be taken away again, so it is only set where Python itself imports this file: a test that imports
`is_loopback` stays as it was.
"""

import ipaddress
import os
import sys

_RESOLVE = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_REACH = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAMES = frozenset({"", "localhost", os.uname().nodename})
"""A mail client asks for its own name to say who calls."""


def is_loopback(host: object) -> bool:
    """True for this machine: a loopback address, `localhost`, or its own name, or no host at all."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name in _NAMES


def _guard(event: str, args: tuple[object, ...]) -> None:
    if event in _RESOLVE:
        host = args[0]
    elif event in _REACH:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    else:
        return
    if not is_loopback(host) and host != "0.0.0.0":
        message = f"tests reach this machine only, not {host!r}"
        raise PermissionError(message)


if __name__ == "sitecustomize" and os.environ.get("NABIJ_ONLY_LOOPBACK") == "1":
    sys.addaudithook(_guard)
