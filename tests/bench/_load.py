"""The load: a process of its own that sends prepared HTTP requests over keep-alive connections and counts the answers.

    python -m tests.bench._load PORT FILE CONNECTIONS RATE

FILE holds requests, each behind its length in four bytes. RATE: requests a second, 0 = as fast as they are answered.
Prints one JSON object: {"seconds", "statuses": {"200": n}, "p50_ms", "p99_ms"}; seconds run from the first byte sent to
the last answer. A selector and no framework, so that one core of it is never the bottleneck.
"""

import json
import selectors
import socket
import struct
import sys
import time
from collections import Counter, deque
from pathlib import Path

from tests.bench._figures import percentile

_LENGTH = struct.Struct(">I")


def pack(requests: list[bytes], path: Path) -> None:
    """Write a file for this program."""
    path.write_bytes(b"".join(_LENGTH.pack(len(each)) + each for each in requests))


def unpack(path: Path) -> deque[bytes]:
    """The requests in a file."""
    raw, place, found = path.read_bytes(), 0, deque[bytes]()
    while place < len(raw):
        size = _LENGTH.unpack_from(raw, place)[0]
        found.append(raw[place + 4 : place + 4 + size])
        place += 4 + size
    return found


class _Line:
    """One connection: at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._got = b""

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> str:
        """The status once the answer is whole; empty before."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        self._got += piece
        head, _, body = self._got.partition(b"\r\n\r\n")
        if not _ or len(body) < _length(head):
            return ""
        self._got = b""
        return head[9:12].decode()


def _length(head: bytes) -> int:
    name = b"content-length:"
    start = head.lower().index(name) + len(name)
    return int(head[start:].partition(b"\r\n")[0])


class Load:
    """Sends everything, and remembers how it was answered."""

    def __init__(self, port: int, requests: deque[bytes], connections: int, rate: float) -> None:
        self._requests, self._rate, self._total = requests, rate, len(requests)
        self._free = deque(_Line(port) for _ in range(connections))
        self._selector = selectors.DefaultSelector()
        for line in self._free:
            self._selector.register(line.socket, selectors.EVENT_READ, line)
        self.statuses: Counter[str] = Counter()
        self.times: list[float] = []

    def run(self) -> float:
        """Seconds from the first byte to the last answer."""
        start = time.perf_counter()
        while len(self.times) < self._total:
            self._send_what_may_go(time.perf_counter() - start)
            for key, _ in self._selector.select(0.001 if self._rate else None):
                self._receive(key.data)
        return time.perf_counter() - start

    def _send_what_may_go(self, since: float) -> None:
        sent = self._total - len(self._requests)
        may = self._total if not self._rate else int(since * self._rate) + 1
        while self._free and self._requests and sent < may:
            self._free.popleft().send(self._requests.popleft())
            sent += 1

    def _receive(self, line: _Line) -> None:
        if status := line.answer():
            self.statuses[status] += 1
            self.times.append(time.perf_counter() - line.sent_at)
            self._free.append(line)


def main(port: str, path: str, connections: str, rate: str) -> None:
    """Run once, and tell."""
    load = Load(int(port), unpack(Path(path)), int(connections), float(rate))
    seconds = load.run()
    told = {
        "seconds": seconds,
        "statuses": load.statuses,
        "p50_ms": percentile(load.times, 0.5) * 1e3,
        "p99_ms": percentile(load.times, 0.99) * 1e3,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
