"""The look: contrast of every pair of colours in both schemes, and nothing that a strict policy would refuse."""

import re
from pathlib import Path

import pytest

from bot.browser.html import HERE

CSS = (HERE / "static" / "nabij.css").read_text(encoding="utf-8")
TEMPLATES = sorted((HERE / "templates").glob("*.html"))

TEXT = [
    ("ink", "bg"), ("ink", "surface"), ("ink", "sunk"), ("ink", "red-soft"),
    ("ink-2", "bg"), ("ink-2", "surface"), ("ink-2", "sunk"),
    ("accent", "bg"), ("accent", "surface"), ("accent", "sunk"), ("accent", "accent-soft"),
    ("on-fill", "accent-fill"), ("surface", "ink"),
    ("red", "surface"), ("orange", "surface"), ("orange", "orange-soft"), ("green", "surface"),
    ("on-mark", "mark"),
]  # fmt: skip
"""Text on its ground."""
CONTROLS = [("edge", "surface"), ("edge", "bg"), ("accent", "surface"), ("accent-fill", "surface"), ("red", "red-soft")]
"""Borders, focus, filled buttons and signs on their ground."""


def scheme(dark: bool) -> dict[str, str]:  # noqa: FBT001 - two schemes
    """The colours of a scheme."""
    light, night = CSS.split("@media (prefers-color-scheme: dark)", 1)
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return tokens | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night.split("}\n}")[0])) if dark else {})


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
class TestContrast:
    """A tired person at 23:00 can read it."""

    def test_text(self, dark: bool) -> None:  # noqa: FBT001 - two schemes
        """Text has 4.5:1 or more on every ground it stands on."""
        colours = scheme(dark)

        low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT}
        assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}

    def test_controls(self, dark: bool) -> None:  # noqa: FBT001 - two schemes
        """Borders of controls and signs have 3:1 or more."""
        colours = scheme(dark)

        low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in CONTROLS}
        assert {pair: ratio for pair, ratio in low.items() if ratio < 3} == {}

    def test_critical_is_white_on_red(self, dark: bool) -> None:  # noqa: FBT001 - two schemes
        """The only filled tag."""
        assert contrast("#ffffff", scheme(dark)["red-fill"]) >= 4.5


class TestPolicy:
    """Nothing the content security policy would refuse, nothing from elsewhere."""

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_templates(self, path: Path) -> None:
        """No inline style, no inline script, no handler, no foreign address, nothing unescaped."""
        text = path.read_text(encoding="utf-8")

        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|https?://|\|\s*safe|autoescape", text)
        assert not re.search(r"<script(?! src=)", text)

    def test_words_stand_in_the_catalogue(self) -> None:
        """No template and no script holds a Dutch sentence of its own: what is between tags comes from `_()`."""
        for path in TEMPLATES:
            text = re.sub(
                r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL
            )
            assert re.findall(r"[A-Za-z]{4,}", text.replace("Nabij", "")) == [], path.name

    def test_style_and_script_fetch_nothing(self) -> None:
        """No import, no font, no picture from elsewhere."""
        script = (HERE / "static" / "nabij.js").read_text(encoding="utf-8")

        assert "url(" not in CSS
        assert "@import" not in CSS
        assert "http" not in CSS + script.replace("https", "http").replace("http://www.w3.org", "")

    def test_motion_stops_when_asked(self) -> None:
        """Reduced motion, dark mode and forced colours are honoured."""
        assert "prefers-reduced-motion" in CSS
        assert "forced-colors" in CSS
