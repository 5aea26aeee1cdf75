"""The example files are complete, and Nabij starts with them."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from domain.settings import ENVIRONMENT, SECTIONS, parse

ROOT = Path(__file__).parents[2]
EXAMPLE = tomllib.loads((ROOT / "nabij.example.toml").read_text(encoding="utf-8"))
ENV = {
    "NABIJ_PSEUDONYM_KEY": "ab" * 32,
    "FACEBOOK_APP_SECRET": "invented",
    "FACEBOOK_VERIFY_TOKEN": "invented",
    "FACEBOOK_TOKEN_100200300400500": "invented",
}


class TestEnvExample:
    """`.env.example`."""

    def test_lists_exactly_what_is_read(self) -> None:
        """Every variable has a line, commented when it has a good default; no line is for nothing."""
        text = (ROOT / ".env.example").read_text(encoding="utf-8")
        named = re.findall(r"^(?:# )?([A-Z_]+(?:<[^>]+>)?)=", text, re.MULTILINE)

        assert sorted(named) == sorted(ENVIRONMENT)

    def test_holds_no_secret(self) -> None:
        """What must be filled in is empty."""
        text = (ROOT / ".env.example").read_text(encoding="utf-8")
        filled = re.findall(r"^[A-Z_]+=(.+)$", text, re.MULTILINE)

        assert filled == []


class TestTomlExample:
    """`nabij.example.toml`."""

    def test_starts_nabij(self) -> None:
        """With the secrets of its account it is good as it stands, and changes no default."""
        settings = parse(EXAMPLE, ENV, root=ROOT)

        assert [getattr(settings, name) for name in ("zone", "hours", "numbers", "texts", "display", "browser")] == [
            kind() for kind in SECTIONS.values()
        ]
        assert settings.accounts[0].acties == "uit"

    def test_shows_every_setting(self) -> None:
        """Every setting of every table is there, so that nobody has to look for a name."""
        missing = [
            f"[{name}] {each.name}"
            for name, kind in SECTIONS.items()
            for each in fields(kind)
            if each.name not in EXAMPLE.get(name, {})
        ]

        assert missing == []
