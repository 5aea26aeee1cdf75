"""Settings: what is right is taken, and every refusal is one line that names the key and the mend."""

import tomllib
from datetime import date, time
from pathlib import Path

import pytest

from domain.errors import Misconfigured
from domain.settings import Settings, parse

ROOT = Path("/nabij")
ENV = {"FACEBOOK_APP_SECRET": "s", "FACEBOOK_TOKEN_1001": "t", "FACEBOOK_VERIFY_TOKEN": "v"}
ACCOUNT = '[[account]]\nplatform = "facebook"\nid = "1001"\nnaam = "Gentse Flikken"\n'
PERSON = '[[persoon]]\nsleutel = "noor"\nnaam = "Noor V."\nrol = "moderator"\n'


def _parse(text: str = "", **env: str) -> Settings:
    return parse(tomllib.loads(text), env, root=ROOT)


class TestRight:
    """What may be set, and what holds without it."""

    def test_nothing_at_all(self) -> None:
        """Every setting has a default: SQLite in the data folder, nobody and nothing connected."""
        settings = _parse()

        assert settings.data == ROOT / "data"
        assert settings.database_url == "sqlite:////nabij/data/nabij.sqlite"
        assert (settings.accounts, settings.people, settings.person("noor")) == ((), (), None)
        assert settings.numbers.targets.hoog_min == 60

    def test_every_kind_of_value(self) -> None:
        """Text, whole numbers, times with or without quotes, lists and dates."""
        settings = _parse(
            '[uren]\nvan = "08:30"\ntot = 16:00:00\nwerkdagen = ["ma", "za"]\nvrije_dagen = [2026-07-20]\n'
            '[getallen]\nclaim_ttl_min = 5\nretry_max = 0\ndelete_grace_s = 0\n[zone]\nnaam = "Zone"\n'
        )

        assert (settings.hours.van, settings.hours.tot) == (time(8, 30), time(16))
        assert (settings.hours.werkdagen, settings.hours.vrije_dagen) == (("ma", "za"), (date(2026, 7, 20),))
        assert (settings.numbers.claim_ttl_min, settings.numbers.retry_max, settings.zone.naam) == (5, 0, "Zone")

    def test_people_and_accounts(self) -> None:
        """Secrets of an account come from the environment: its own first, then those of the platform."""
        settings = _parse(ACCOUNT + PERSON, **ENV, FACEBOOK_API="http://127.0.0.1:1", NABIJ_DATA="/elders")

        account = settings.accounts[0]
        assert (account.token, account.app_secret, account.verify_token) == ("t", "s", "v")
        assert (account.api, account.acties) == ("http://127.0.0.1:1", "aan")
        assert settings.person("noor").name == "Noor V."
        assert settings.data == Path("/elders")

    def test_another_database(self) -> None:
        """Given by address; the pseudonym key by hexadecimals."""
        settings = _parse(NABIJ_DATABASE_URL="postgresql+psycopg://x/y", NABIJ_PSEUDONYM_KEY="ab" * 32)

        assert settings.database_url == "postgresql+psycopg://x/y"
        assert settings.secrets.pseudonym_key == b"\xab" * 32

    def test_who_is_called_where(self) -> None:
        """Addresses by person, for the safety net and for the digests; several with a space between them."""
        env = {"NABIJ_ADDRESS_NOOR": "json://a json://b", "NABIJ_ADDRESS_VANGNET": " ", "NABIJ_ADDRESS_OVERZICHT": "c"}

        assert _parse(PERSON, **env).addresses == {"noor": ("json://a", "json://b"), "overzicht": ("c",)}

    def test_secrets_never_show(self) -> None:
        """A printed settings object, as in a log or a traceback, holds no secret."""
        hidden = {**dict.fromkeys(ENV, "geheim"), "NABIJ_ADDRESS_NOOR": "mailto://geheim"}
        shown = repr(_parse(ACCOUNT + PERSON, **hidden, NABIJ_PSEUDONYM_KEY="ab" * 32))

        assert "geheim" not in shown
        assert "xab" not in shown


_WRONG = {
    "[bestaat_niet]": "unknown table [bestaat_niet]",
    "zone = 3": "[zone] must be a table",
    "[zone]\nkleur = 'blauw'": "[zone] has no setting “kleur”",
    "[zone]\nnaam = 3": "[zone] naam must be text between quotes",
    "[getallen]\nclaim_ttl_min = 'tien'": "[getallen] claim_ttl_min must be a whole number from 0 up",
    "[getallen]\nclaim_ttl_min = -1": "[getallen] claim_ttl_min must be a whole number from 0 up",
    "[getallen]\nclaim_ttl_min = true": "[getallen] claim_ttl_min must be a whole number from 0 up",
    "[getallen]\nclaim_ttl_min = 0": "[getallen] claim_ttl_min must be 1 or more",
    "[uren]\nvan = 'vroeg'": '[uren] van must be a time like "09:00"',
    "[uren]\nvan = 9": '[uren] van must be a time like "09:00"',
    "[uren]\nwerkdagen = 'ma'": "[uren] werkdagen must be a list",
    "[uren]\nwerkdagen = ['maandag']": "[uren] werkdagen knows no “maandag”",
    "[uren]\nvan = '17:00'": "[uren] van must be earlier than tot",
    "[uren]\nvrije_dagen = ['2026-07-20']": "[uren] vrije_dagen must be dates like 2026-07-20",
    "[weergave]\ntekst_in_chat = 'half'": "[weergave] tekst_in_chat must be vol, gemaskeerd or geen",
    "[weergave]\nmasker_vanaf = 'geen'": "[weergave] masker_vanaf must be",
    "[browser]\nport = 70000": "[browser] port must be 0 to 65535",
    "[browser]\nhost = '0.0.0.0'": "[browser] host must be 127.0.0.1",
    "[zone]\nhuisregels_versie = ''": "[zone] huisregels_versie must be short and plain",
    PERSON.replace('"noor"', '"nabij"'): "sleutel “nabij” must be 1 to 40 of a-z",
    PERSON.replace('"noor"', '"Noor:V"'): "sleutel “Noor:V” must be 1 to 40 of a-z",
    ACCOUNT.replace('"1001"', '"a/b"'): "is not an id",
    "account = 3": "write [[account]] with double brackets",
    "[account]\nid = 'x'": "write [[account]] with double brackets",
    "account = [3]": "write [[account]] with double brackets",
    "[[persoon]]\nsleutel = 'x'": "a [[persoon]] has exactly sleutel, naam and rol",
    PERSON.replace("moderator", "baas"): "[[persoon]] noor has unknown rol “baas”",
    PERSON.replace('"noor"', "3"): "[[persoon]] sleutel must be text between quotes",
    PERSON.replace('"noor"', '"vangnet"'): "none of nabij, vangnet, overzicht",
    PERSON + PERSON: "two people share a sleutel",
    PERSON.replace("noor", "no-or") + PERSON.replace("noor", "no_or"): "two people share a sleutel",
    "[getallen]\nalert_all_min = 5": "[getallen] alert_all_min must be more than alert_next_min",
    ACCOUNT + "kleur = 'x'\n": "[[account]] has no setting “kleur”",
    "[[account]]\nplatform = 'facebook'\nid = 'x'": "an [[account]] misses “naam”",
    ACCOUNT.replace("facebook", "hyves"): "[[account]] platform “hyves” is unknown",
    ACCOUNT + "acties = 'soms'\n": "[[account]] acties must be aan or uit",
    ACCOUNT + ACCOUNT: "the same [[account]] stands there twice",
}


class TestWrong:
    """One line: the place, the key, the mend."""

    @pytest.mark.parametrize(("text", "line"), _WRONG.items(), ids=list(_WRONG.values()))
    def test_refused_with_its_line(self, text: str, line: str) -> None:
        """Never half taken."""
        with pytest.raises(Misconfigured) as refused:
            _parse(text, **ENV)

        assert line in str(refused.value)
        assert "\n" not in str(refused.value)

    @pytest.mark.parametrize("name", ENV)
    def test_a_missing_secret(self, name: str) -> None:
        """Named as it must stand in .env, with the account that needs it."""
        with pytest.raises(Misconfigured, match=f"{name} is missing in .env, and the account Gentse Flikken needs it"):
            _parse(ACCOUNT, **{key: value for key, value in ENV.items() if key != name})

    @pytest.mark.parametrize(("key", "line"), [("zz", "must be hexadecimal"), ("ab", "is too short")])
    def test_a_pseudonym_key_that_is_none(self, key: str, line: str) -> None:
        """The mend is a command that makes one."""
        with pytest.raises(Misconfigured, match=line) as refused:
            _parse(NABIJ_PSEUDONYM_KEY=key)

        assert "openssl rand -hex 32" in str(refused.value)

    def test_an_address_for_nobody(self) -> None:
        """A colleague who left, or a slip of the pen: found now, not at night."""
        with pytest.raises(Misconfigured) as refused:
            _parse(PERSON, NABIJ_ADDRESS_NOR="json://a")

        assert str(refused.value).startswith(
            "NABIJ_ADDRESS_NOR names nobody of nabij.toml; known are NABIJ_ADDRESS_NOOR"
        )
