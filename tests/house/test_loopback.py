"""Tests reach this machine only, and so does every process that a test starts."""

import os
import socket
import subprocess
import sys

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.fakes.loopback import guarded
from tests.fakes.site.sitecustomize import is_loopback


def _child(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, env=guarded(os.environ)
    )


class TestTheTestProcess:
    """The process that runs the tests."""

    def test_cannot_reach_another_machine(self) -> None:
        """A connection to a foreign address is refused before it leaves."""
        with socket.socket() as foreign, pytest.raises(SocketConnectBlockedError):
            foreign.connect(("192.0.2.1", 80))

    def test_testing_the_guard_of_children_sets_none_here(self) -> None:
        """A hook would stay until the process ends, and refuse what other tests may do."""
        sys.audit("socket.getaddrinfo", "example.org", 443)

    def test_reaches_itself(self) -> None:
        """Loopback works: the practice platforms listen there."""
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
            assert client.getpeername() == server.getsockname()


class TestAChildProcess:
    """A Python process that a test starts."""

    @pytest.mark.parametrize(
        "code",
        [
            "import socket; socket.socket().connect(('192.0.2.1', 80))",
            "import socket; socket.getaddrinfo('example.org', 443)",
            "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        ],
    )
    def test_cannot_reach_another_machine(self, code: str) -> None:
        """Connecting, looking up a name and sending a datagram are refused, and the line says why."""
        child = _child(code)

        assert child.returncode == 1
        assert "tests reach this machine only" in child.stderr

    def test_reaches_itself(self) -> None:
        """A child may listen and connect on loopback."""
        child = _child(
            "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
        )

        assert child.stderr == ""
        assert child.returncode == 0

    def test_asks_its_own_name(self) -> None:
        """As a mail client does before it says who calls."""
        child = _child("import socket, sys; sys.audit('socket.gethostbyname', socket.gethostname())")

        assert child.stderr == ""
        assert child.returncode == 0

    def test_inherits_the_guard_without_asking(self) -> None:
        """A test that starts a process and thinks of nothing is guarded too."""
        assert os.environ["NABIJ_ONLY_LOOPBACK"] == "1"


class TestLoopbackNames:
    """What counts as this machine."""

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", b"localhost", "", None])
    def test_this_machine(self, host: object) -> None:
        """Loopback addresses, localhost, and no host at all."""
        assert is_loopback(host)

    @pytest.mark.parametrize("host", ["10.0.0.1", "fe80::1%eth0", "localhost.example.org", "192.0.2.7", "::"])
    def test_another_machine(self, host: str) -> None:
        """Everything else, also names that only look like it."""
        assert not is_loopback(host)
