"""Ways to spell a word so that a word list misses it; each keeps the word readable for people."""

from collections.abc import Callable

_LOOK_ALIKE = str.maketrans("aeopcxkmt", "аеорсхкмт")
_LEET = str.maketrans("aeio", "4310")

Disguise = Callable[[str], str]

DISGUISES: dict[str, Disguise] = {
    "plain": str,
    "capitals": str.upper,
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
    "right to left override": lambda word: "\u202e" + word,
    "NUL cleaned at the edge": "\ufffd".join,
    "fullwidth": lambda word: "".join(chr(ord(letter) + 0xFEE0) for letter in word),
    "math bold": lambda word: "".join(chr(0x1D41A + ord(letter) - ord("a")) for letter in word),
    "enclosed": lambda word: "".join(chr(0x24D0 + ord(letter) - ord("a")) for letter in word),
    "squared": lambda word: "".join(chr(0x1F130 + ord(letter) - ord("a")) for letter in word),
    "accents": lambda word: "\u0301".join(word) + "\u0308",
    "leet": lambda word: word.translate(_LEET),
    "spaced": " ".join,
    "dotted": ".".join,
    "dashed": "-".join,
    "underscores": "_".join,
    "drawn out": lambda word: "".join(letter * 4 for letter in word),
    "one letter drawn out": lambda word: word[:-1] + word[-1] * 5,
    "hashtag": "#{}".format,
    "Cyrillic": lambda word: word.translate(_LOOK_ALIKE),
    "emoji inside": lambda word: f"{word[:3]}😀{word[3:]}",
    "star for a vowel": lambda word: word[0] + word[1:].replace("a", "*").replace("o", "*"),
}
