"""Personal data: found as people write it in Belgium, and left alone where it only looks like it."""

import pytest

from domain.categories import Urgency
from rules.engine import Rules

PHONES = (
    "0471 23 45 67",
    "0471/23.45.67",
    "0471-23-45-67",
    "0471234567",
    "04 71 23 45 67",
    "+32 471 23 45 67",
    "+32471234567",
    "0032 471 23 45 67",
    "0471 234 567",
    "(0471) 23 45 67",
    "+32 (0)471 23 45 67",
    "0 4 7 1 2 3 4 5 6 7",
    "09 225 67 89",
    "09/225.67.89",
    "+31 6 12345678",
    "0471.23.45.67",
    "０４７１ ２３ ４５ ６７",
)
OTHERS = (
    "jan.peeters@voorbeeld.be",
    "an_p+x@mail.voorbeeld.co.uk",
    "BE68 5390 0754 7034",
    "BE68539007547034",
    "NL91 ABNA 0417 1643 00",
    "85.07.30-033.28",
    "85073003328",
    "1-ABC-123",
    "1abc123",
    "Kerkstraat 12",
    "Sint-Pietersnieuwstraat 41 bus 3",
    "Overpoort 5",
    "Dok Noord 7",
    "Coupure Links 653",
    "nr 12 in de Kerkstraat",
    "Kerkstraat nr. 12",
)
TRAPS = (
    "Het was 18u30, om 19.45 u was het weer weg",
    "Op 12/03/2024 en op 01-01-2025 om 18.00",
    "Van 2-3 uur 's nachts, 1000 keer",
    "Lijn 1 om 8u05, lijn 2 om 8u15, bus 70-71-72",
    "De score was 3-2, daarna 4-4",
    "Het kost 12.345,67 euro of 250000",
    "PV nummer GE.92.L1.012345/2026",
    "Dossier 0471234567 is geseponeerd",
    "BTW BE 0471.234.567",
    "Ref. nr. 0471/234567",
    "Rekening BE68 5390 0754 7035 is fout",
    "Nummer 12345678901",
    "Bel 101 of 112",
    "Algemeen nummer 09/266.61.11 of +32 9 266 61 11",
    "Bel gratis 0800 12 345",
    "Mail meldpunt.gent@police.belgium.eu of pz.gent@police.belgium.eu",
    "Mail info@gent.police.be of info@stad.gent",
    "De terugweg 3 keer stilgestaan",
    "In de Veldstraat 2 uur gewacht",
    "In de Kerkstraat 12 auto's beschadigd",
    "Op de snelweg 2 ongevallen",
    "In de supermarkt 5 jaar gewerkt",
    "De plaat was onleesbaar",
    "Geboren in Gent in 1985",
    "De match begint @ 20u",
    "R4 richting 9000 Gent, E17 km 45",
)


class TestFound:
    """What is personal is found, wherever it stands and whether or not a rule flags it."""

    @pytest.mark.parametrize("data", [*PHONES, *OTHERS])
    def test_as_people_write_it(self, gent: Rules, data: str) -> None:
        """The span covers the whole of it."""
        text = f"Zie {data}, zegt men"
        ((start, end),) = gent.judge(text).personal

        assert text[start:end] == data

    @pytest.mark.parametrize(
        ("text", "data"),
        [
            ("nummerplaat abc-123 stond fout", "abc-123"),
            ("zijn plaat is 1 abc 123", "1 abc 123"),
            ("kenteken: 123 abc", "123 abc"),
            ("geboren op 12/03/1985 te Gent", "12/03/1985"),
            ("geboortedatum: 12 maart 1985", "12 maart 1985"),
            ("mail m\u200ban@voorbeeld.be eens", "m\u200ban@voorbeeld.be"),
        ],
    )
    def test_with_the_words_before_it(self, gent: Rules, text: str, data: str) -> None:
        """Old plates and dates count only after the word that names them; only the data itself is the place."""
        ((start, end),) = gent.judge(text).personal

        assert text[start:end] == data

    def test_very_many_numbers(self, gent: Rules) -> None:
        """Beyond the first sixty, what looks like a number is masked unchecked."""
        numbers = [f"0471 23 {n:02} 67" for n in range(90)]
        personal = gent.judge("; ".join(numbers)).personal

        assert len(personal) == 90

    def test_the_number_itself_is_in_no_flag(self, gent: Rules) -> None:
        """A flag names the kind, never the data: flags are stored and logged longer than texts."""
        flag = gent.judge("Zijn gsm is 0471 23 45 67").flags[0]

        assert flag.matched == "telefoon"


class TestTraps:
    """What only looks like personal data."""

    @pytest.mark.parametrize("text", TRAPS)
    def test_nothing_is_found(self, gent: Rules, text: str) -> None:
        """Times, dates, scores, prices, file numbers and the zone's own numbers are nobody's."""
        assert gent.judge(text).personal == ()
        assert [flag.rule for flag in gent.judge(text).live if flag.category == "persoonsgegevens"] == []


class TestWhose:
    """Another person's data is critical, one's own milder."""

    def test_of_somebody_else(self, gent: Rules) -> None:
        """A number of somebody else wakes people."""
        flag = gent.judge("Bel hem wakker: 0471 23 45 67").flags[0]

        assert (flag.rule, flag.urgency) == ("priv.ander", Urgency.KRITIEK)

    def test_ones_own(self, gent: Rules) -> None:
        """One's own number is flagged one step milder, by its own rule."""
        (flag,) = gent.judge("Jullie kunnen mij bereiken op 0471 23 45 67").flags

        assert (flag.rule, flag.urgency) == ("priv.eigen", Urgency.HOOG)

    def test_an_address_where_something_happens(self, gent: Rules) -> None:
        """An address without a person is looked at by day."""
        (flag,) = (
            flag for flag in gent.judge("Elke nacht lawaai, Kerkstraat 12").flags if flag.category == "persoonsgegevens"
        )

        assert flag.urgency is Urgency.NORMAAL

    def test_an_address_where_somebody_lives(self, gent: Rules) -> None:
        """With a person in it, it is doxing."""
        assert gent.judge("Die agent woont Kerkstraat 12").flags[0].urgency is Urgency.KRITIEK
