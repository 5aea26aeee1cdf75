"""`run flag`: JSON Lines in, JSON Lines out, one for one."""

import json
from typing import Any

import pytest

from rules.engine import Rules
from rules.flagline import flag_lines
from tests.rules.conftest import Load, rule


def answers(rules: Rules, *lines: bytes | str) -> list[dict[str, Any]]:
    """The answers, read back."""
    return [json.loads(line) for line, _ in flag_lines(lines, rules)]


class TestAnswers:
    """What a good line is answered."""

    def test_a_flagged_comment(self, load: Load) -> None:
        """Every key of the contract; the span runs from the first hit to the last, in code points."""
        rules = load(rule(urgency="hoog"))

        assert answers(rules, '{"id":"7","text":"😀 pannenlap en pannenlap!","platform":"facebook","author":"x"}') == [
            {
                "id": "7",
                "flags": [
                    {
                        "rule": "proef",
                        "category": "belediging_scheldproza",
                        "urgency": "hoog",
                        "certainty": "hoog",
                        "state": "live",
                        "span": [2, 24],
                    }
                ],
                "categories": ["belediging_scheldproza"],
                "urgency": "hoog",
            }
        ]

    def test_nothing_found(self, gent: Rules) -> None:
        """No flags, no categories, urgency `geen`."""
        assert answers(gent, b'{"id":1,"text":"Mooi weer"}') == [
            {"id": 1, "flags": [], "categories": [], "urgency": "geen"}
        ]

    def test_shadow_rules_are_shown_but_do_not_count(self, load: Load) -> None:
        """`categories` and the last `urgency` count live rules only."""
        (answer,) = answers(load(rule(state="shadow")), '{"id":1,"text":"pannenlap"}')

        assert [flag["state"] for flag in answer["flags"]] == ["shadow"]
        assert (answer["categories"], answer["urgency"]) == ([], "geen")

    def test_categories_in_order_of_priority(self, gent: Rules) -> None:
        """Each once, the most pressing first."""
        (answer,) = answers(gent, json.dumps({"id": 1, "text": "Klootzak, ik ga u vermoorden! Waar kan ik u vinden?"}))

        assert answer["categories"][0] == "bedreiging"
        assert sorted(set(answer["categories"])) == sorted(answer["categories"])
        assert answer["urgency"] == "kritiek"

    def test_hostile_text(self, gent: Rules) -> None:
        """Lone surrogates, NUL and a megabyte are answered like any text, on one line of ASCII."""
        lines = [r'{"id":1,"text":"\ud800\u0000\u202e klootzak"}', json.dumps({"id": 2, "text": "a\n" * 500_000})]
        out = [line for line, bad in flag_lines(lines, gent) if not bad]

        assert len(out) == 2
        assert all(line.isascii() and "\n" not in line for line in out)
        assert json.loads(out[0])["flags"]


class TestBadLines:
    """A bad line is answered in its place; the rest goes on."""

    @pytest.mark.parametrize(
        ("line", "error"),
        [
            ("", "not JSON"),
            ("{", "not JSON"),
            ("[" * 100_000, "not JSON"),
            (b"\xff", "not UTF-8"),
            ("[]", "not a JSON object"),
            ('{"id":1}', "“text” must be a text"),
            ('{"id":1,"text":null}', "“text” must be a text"),
            ('{"text":"x"}', "“id” must be a text or a whole number"),
            ('{"id":true,"text":"x"}', "“id” must be a text or a whole number"),
            ('{"id":NaN,"text":"x"}', "“id” must be a text or a whole number"),
            ('{"id":' + "9" * 5_000 + ',"text":"x"}', "not JSON"),
        ],
    )
    def test_answered_in_its_place(self, gent: Rules, line: bytes | str, error: str) -> None:
        """The number of the line and what is wrong, never the line itself."""
        good = '{"id":"a","text":"x"}'
        out = list(flag_lines([good, line, good], gent))

        assert [bad for _, bad in out] == [False, True, False]
        assert json.loads(out[1][0]) == {"line": 2, "error": error}

    def test_a_mark_at_the_start_is_no_error(self, gent: Rules) -> None:
        """Some editors begin a file with a byte order mark."""
        assert answers(gent, b'\xef\xbb\xbf{"id":"a","text":"x"}')[0]["id"] == "a"
