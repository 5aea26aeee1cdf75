"""The flagger: which rule hits, how urgent, how certain, in which state, and what a card is told of it."""

from pathlib import Path

import pytest

from domain.categories import CATEGORIES, Certainty, Urgency
from domain.errors import Misconfigured
from domain.ports import Flagger
from rules.engine import Rules
from tests.rules.conftest import Load, Write, rule


def hit(rules: Rules, text: str) -> list[str]:
    """Ids of the rules that flag a text."""
    return [flag.rule for flag in rules.judge(text).flags]


class TestHits:
    """A rule hits when one anchor and everything it needs stand near each other."""

    def test_any_of_its_terms(self, load: Load) -> None:
        """`any`: one source is enough, whatever the case or accent."""
        rules = load(rule(any=["pannenlap", "@schotel"], must_match=["pannenlap", "schotel"]), schotel="schotel\nbord")

        assert hit(rules, "Wat een BÓRD") == ["proef"]

    def test_a_word_is_a_whole_word(self, load: Load) -> None:
        """A term does not hit inside a longer word, unless a * says so."""
        rules = load(
            rule(any=["pan*", "*lap"], must_match=["pannenkoek", "waslap"], must_not_match=["spanning", "lapje"])
        )

        assert hit(rules, "spannend lappen") == []
        assert hit(rules, "een pan") == ["proef"]

    def test_all_of_its_lists_within_the_window(self, load: Load) -> None:
        """`all`: every list hits within so many words of the first one, in the same sentence."""
        rules = load(
            rule(
                all=["@kleur", "@ding"],
                window=3,
                must_match=["een paars bord", "dat bord is paars"],
                must_not_match=["paars. Een bord", "paars is niet de kleur van een bord"],
            ),
            kleur="paars\ngroen",
            ding="bord",
        )

        assert hit(rules, "paars en dat bord") == ["proef"]
        assert hit(rules, "een paars\nbord") == []

    def test_the_nearest_partner_counts(self, load: Load) -> None:
        """A partner too far away does not hide one that is near."""
        rules = load(
            rule(
                all=["paars", "bord"],
                window=2,
                must_match=["paars bord", "bord paars"],
                must_not_match=["paars", "bord"],
            )
        )
        found = rules.judge("bord een twee drie paars bord vier bord").flags[0]

        assert found.spans == ((19, 24), (25, 29))

    def test_any_with_all_needs_both(self, load: Load) -> None:
        """With `any` and `all` in one rule, one of the first and every one of the second must hit."""
        parts = {"any": ["paars", "groen"], "all": ["bord"], "near": ["tafel"]}
        rules = load(
            rule(
                **parts, must_match=["paars bord op tafel", "groen bord, tafel"], must_not_match=["paars bord", "bord"]
            )
        )

        assert rules.judge("paars bord op tafel").flags[0].matched == "paars … bord"

    def test_a_pattern_reads_folded_text(self, load: Load) -> None:
        """A pattern sees lower case without accents, and fills in {lists}."""
        rules = load(
            rule(any=[r"/\b{kleur} (?:\w+ )?bord\b/"], must_match=["páárs bord", "Groenig groot bord"]),
            kleur="paars\ngroen*\n/gro+en/",
        )

        assert hit(rules, "GROOOEN bord") == ["proef"]

    def test_a_list_includes_another(self, load: Load) -> None:
        """`@name` on a line of a list takes over the terms of that list."""
        rules = load(rule(any=["@alles"], must_match=["bord", "paars"]), alles="@kleur\nbord", kleur="paars")

        assert hit(rules, "paars") == ["proef"]

    def test_emoji_are_terms_too(self, load: Load) -> None:
        """A sign that is no letter needs no space around it."""
        rules = load(rule(any=["🐒"], must_match=["kijk🐒daar", "🐒"]))

        assert rules.judge("kijk🐒daar").flags[0].spans == ((4, 5),)

    def test_many_hits_are_one_flag(self, load: Load) -> None:
        """One rule gives one flag with all its places, up to fifty."""
        flags = load(rule()).judge("pannenlap en pannenlap. " * 40).flags

        assert [len(flag.spans) for flag in flags] == [50]

    def test_several_labels_in_order_of_priority(self, load: Load) -> None:
        """Every rule that hits is kept; the most urgent first, then the order of the table."""
        rules = load(
            rule(id="grof", category="grof_onfatsoen")
            + rule(id="haat", category="aanzetten_haat")
            + rule(id="dreig", category="bedreiging")
        )

        assert hit(rules, "pannenlap") == ["dreig", "haat", "grof"]

    def test_it_is_a_flagger(self, gent: Rules) -> None:
        """The class answers to the port that ingest uses."""
        flagger: Flagger = gent

        assert len(flagger.ruleset) == 12
        assert flagger.judge("").flags == ()


class TestUrgency:
    """Urgency and certainty come from the rule, else from the category."""

    def test_the_default_is_the_category(self, load: Load) -> None:
        """Without `urgency` the category's own; without `certainty` a person must judge."""
        flag = load(rule(category="bedreiging", certainty=None)).judge("pannenlap").flags[0]

        assert (flag.urgency, flag.certainty) == (Urgency.KRITIEK, Certainty.TE_BEOORDELEN)

    def test_a_rule_may_set_another(self, load: Load) -> None:
        """`urgency` and `certainty` of the rule win."""
        flag = load(rule(urgency="hoog", certainty="hoog")).judge("pannenlap").flags[0]

        assert (flag.urgency, flag.certainty) == (Urgency.HOOG, Certainty.HOOG)


class TestStates:
    """shadow, live and off."""

    def test_shadow_is_kept_apart(self, load: Load) -> None:
        """A shadow rule flags, but does not count."""
        judgement = load(rule(state=None)).judge("pannenlap")

        assert [flag.state for flag in judgement.flags] == ["shadow"]
        assert judgement.live == ()

    def test_off_does_not_flag(self, load: Load) -> None:
        """A rule that is off says nothing, though its examples are still proven."""
        assert load(rule(state="off")).judge("pannenlap").flags == ()

    def test_the_channel_wins(self, load: Load) -> None:
        """A state set from the channel beats the file, and is part of the ruleset."""
        live, off = load(rule()), load(rule(), states={"proef": "off", "weg": "live"})

        assert off.judge("pannenlap").flags == ()
        assert live.ruleset != off.ruleset

    def test_an_unknown_state_is_refused(self, load: Load) -> None:
        """Only the three words exist."""
        with pytest.raises(Misconfigured, match="Unknown rule state “aan”"):
            load(rule(), states={"proef": "aan"})


class TestMedia:
    """Photos and films: only a rule that says so looks at them."""

    def test_a_bare_photo_is_not_flagged(self, gent: Rules) -> None:
        """The shipped rules flag no comment for being a photo."""
        assert gent.judge("", media=True).flags == ()

    def test_a_rule_may_flag_a_bare_photo(self, load: Load) -> None:
        """`media = true` without words hits a photo without text, and nothing else."""
        rules = load(
            rule(media=True, must_match=["", " "], must_not_match=["mooie foto", "kijk"])
            + rule(id="twee", category="grof_onfatsoen")
        )

        assert hit(rules, "") == []
        found = rules.judge(" ", media=True).flags
        assert [(flag.rule, flag.spans, flag.matched) for flag in found] == [("proef", (), "")]
        assert found[0].certainty is Certainty.HOOG

    def test_words_with_a_photo(self, load: Load) -> None:
        """`media = true` with words hits those words only beside a photo."""
        rules = load(rule(media=True, any=["pannenlap"]))

        assert hit(rules, "pannenlap") == []
        assert [flag.rule for flag in rules.judge("pannenlap", media=True).flags] == ["proef"]


class TestRuleset:
    """A ruleset has a name that changes with everything that decides."""

    def test_same_files_same_name(self, load: Load) -> None:
        """Loaded twice, the hash and the flags are the same."""
        assert load(rule()).ruleset == load(rule()).ruleset

    def test_every_change_gives_another_name(self, load: Load) -> None:
        """A list, a window and a state all count."""
        toml = rule(any=["@a"], must_match=["paars", "Paars"])
        names = {
            load(toml, a="paars").ruleset,
            load(toml, a="paars\ngroen").ruleset,
            load(toml + "window = 3\n", a="paars").ruleset,
            load(toml.replace("live", "off"), a="paars").ruleset,
        }

        assert len(names) == 4

    def test_a_snapshot_judges_as_then(self, gent: Rules) -> None:
        """Out of its stored content the same ruleset comes back, with the same flags."""
        again = Rules.of(gent.content)
        text = "Als ik u tegenkom breek ik uw benen, agentje. Zijn gsm is 0471 23 45 67."

        assert again.ruleset == gent.ruleset
        assert again.judge(text) == gent.judge(text)
        assert again.judge(text).flags

    def test_a_snapshot_of_another_version_is_refused(self, gent: Rules) -> None:
        """What cannot be run exactly is not run at all."""
        with pytest.raises(Misconfigured, match="another version"):
            Rules.of(gent.content.replace('"normaliser":1', '"normaliser":0'))


class TestCards:
    """What a card may say of a rule."""

    def test_title_words_and_house_rule(self, gent: Rules) -> None:
        """Title, what was looked for and the sentence of the house rules, all in Dutch."""
        card = gent.rule("discr.ontmenselijking")

        assert card is not None
        assert card.title == "Groep mensen als beesten of vuil"
        assert card.words == "ontmenselijking + groep"
        assert card.suggest == "verbergen"
        assert "discriminerende" in card.citation
        assert gent.words["priv.mail"] == "email + iban + geboortedatum"

    def test_an_unknown_rule_has_no_card(self, gent: Rules) -> None:
        """An old flag of a rule that is gone is no error."""
        assert gent.rule("weg") is None
        assert gent.house_rule("weg") == ""

    def test_every_breach_of_the_profile_rests_on_a_house_rule(self, gent: Rules) -> None:
        """No rule for a breach without the sentence it rests on."""
        breaches = {each.category for each in gent.book.rules if CATEGORIES[each.category].breach}

        assert [key for key in breaches if not gent.house_rule(key)] == []

    def test_a_profile_without_citations(self, load: Load) -> None:
        """The citation is empty when the profile names none."""
        card = load(rule()).rule("proef")

        assert card is not None
        assert (card.citation, card.title, card.words) == ("", "proef", "pannenlap")


class TestExplain:
    """Why, and why not."""

    def test_what_hit_and_what_was_stopped(self, gent: Rules) -> None:
        """First the rules that hit, then those that a guard stopped, each with the guard."""
        found = gent.explain("Iemand riep klootzak naar u. Gij zijt een smeerlap.")
        hitting = [each.rule.id for each in found if not each.stopped_by]
        stopped = gent.explain("Iemand riep: klootzak")

        assert hitting == ["beled.doelwit", "beled.scheldwoord"]
        assert [(each.rule.id, each.stopped_by) for each in stopped] == [("beled.scheldwoord", "citaat")]

    def test_rules_that_are_off_are_explained_too(self, load: Load) -> None:
        """`rules test` shows what a rule would do before it is switched on."""
        assert [each.rule.id for each in load(rule(state="off")).explain("pannenlap")] == ["proef"]


class TestOverride:
    """A folder of the house replaces shipped files by name."""

    def test_a_file_replaces_a_file(self, write: Write, tmp_path: Path) -> None:
        """The file of the house counts, the shipped one of the same name does not."""
        write(rule(any=["@a"], must_match=["paars", "PAARS"]), a="paars")
        lists = tmp_path / "huis" / "rules" / "lists"
        lists.mkdir(parents=True)
        (lists / "a.txt").write_text(
            "# bron: x\n# auteur: x\n# licentie: x\n# label: x\npaars\ngroen\n", encoding="utf-8"
        )

        assert hit(Rules.load("proef", tmp_path / "huis"), "groen") == ["proef"]
        assert hit(Rules.load("proef", None), "groen") == []

    def test_a_house_without_rules(self, write: Write, tmp_path: Path) -> None:
        """A folder that holds other things only changes nothing."""
        write(rule())
        (tmp_path / "huis").mkdir()

        assert Rules.load("proef", tmp_path / "huis").ruleset == Rules.load("proef").ruleset
