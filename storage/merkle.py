"""Hashes of the register: leaves and root of RFC 6962/9162, and the text of a checkpoint (C2SP tlog-checkpoint).

    leaf = SHA-256(0x00 || bytes)     node = SHA-256(0x01 || left || right)     empty tree = SHA-256("")

A checkpoint says "at this size, the root was this": who keeps one can prove later that lines were dropped or rewritten.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_LINES = 3
_ORIGIN = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


def leaf_hash(data: bytes) -> bytes:
    """The leaf of one line."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Takes leaves one by one and knows the root at any moment; keeps one hash per level, so millions cost nothing."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf at the end. Every trailing one-bit of the size is a full subtree that now gets its pair."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Name of a register, its size and its root at a moment. No personal data: it may be spread."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuses an origin that could not be the name of a signing key later, and a root that is no hash."""
        if not _ORIGIN.fullmatch(self.origin) or self.size < 0 or len(self.root) != HASH_BYTES:
            raise ValueError("a checkpoint has a name without spaces or +, a size and a root of 32 bytes")

    def __str__(self) -> str:
        """Three lines, each ending in LF; exactly the bytes that a signature will cover."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Out of its text, signed or not (signatures follow after an empty line and are not looked at here);
        ValueError when it is not one.
        """
        lines = text.split("\n\n", 1)[0].removesuffix("\n").split("\n")
        if len(lines) < _LINES or not _SIZE.fullmatch(lines[1]):
            raise ValueError("a checkpoint has three lines: name, size, root")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except binascii.Error as error:
            raise ValueError("the root of a checkpoint is base64") from error
        return cls(lines[0], int(lines[1]), root)
