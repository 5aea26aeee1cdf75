"""Leaves, root and checkpoints of the register (RFC 6962/9162, C2SP tlog-checkpoint)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.merkle import EMPTY_ROOT, Checkpoint, Tree, leaf_hash, node_hash

VECTORS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def grown(leaves: list[bytes]) -> Tree:
    """A tree that took these leaves one by one."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree


def by_the_book(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_the_book(leaves[:split]), by_the_book(leaves[split:]))


class TestTree:
    """The root over all lines."""

    @pytest.mark.parametrize("size", ROOTS)
    def test_published_vectors(self, size: int) -> None:
        """The roots that certificate transparency publishes for its eight test leaves."""
        leaves = [leaf_hash(bytes.fromhex(vector)) for vector in VECTORS[:size]]

        assert grown(leaves).root().hex() == ROOTS[size]

    def test_empty_tree(self) -> None:
        """The empty tree is the hash of nothing."""
        assert Tree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()

    @given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
    def test_grows_to_the_root_of_the_definition(self, leaves: list[bytes]) -> None:
        """Adding one by one gives the root of the recursive definition, for every size."""
        assert grown(leaves).root() == by_the_book(leaves)


class TestCheckpoint:
    """The text that is spread, and read back."""

    def test_its_text_is_three_lines(self) -> None:
        """Name, size in decimal, root in base64, each with its LF: the bytes that a signature will cover."""
        text = str(Checkpoint("nabij.example/gent", 8, bytes.fromhex(ROOTS[8])))

        assert text == "nabij.example/gent\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"

    @given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
    def test_comes_back_as_written(self, size: int, root: bytes) -> None:
        """Reading the text gives the checkpoint again."""
        kept = Checkpoint("nabij.example/gent", size, root)

        assert Checkpoint.read(str(kept)) == kept

    def test_signatures_do_not_hinder(self) -> None:
        """A signed note, with further lines and signatures after an empty line, is read all the same."""
        kept = Checkpoint("nabij.example/gent", 3, bytes(32))

        assert Checkpoint.read(f"{kept}extra\n\n— nabij.example/gent c2lnbmF0dXJl\n") == kept

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "nabij\n3\n",
            "nabij\n-3\nAAAA\n",
            "nabij\n03\n" + "A" * 43 + "=\n",
            "nabij\n٣\n" + "A" * 43 + "=\n",
            "nabij\n3\nAAAA\n",
            "nabij\n3\nno base64!\n",
            "\n3\n" + "A" * 43 + "=\n",
            "na bij\n3\n" + "A" * 43 + "=\n",
            "na+bij\n3\n" + "A" * 43 + "=\n",
        ],
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        """Too few lines, another number form, no hash, or a name that cannot sign: ValueError."""
        with pytest.raises(ValueError, match=r"checkpoint|base64"):
            Checkpoint.read(text)
