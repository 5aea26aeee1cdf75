"""A test whose real client is absent skips visibly at home, and fails where green must mean that everything ran."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import real

ROOT = Path(__file__).parents[2]


class TestNeed:
    """`need`, as tests call it."""

    def test_gives_the_program(self) -> None:
        """A program that is there: its path."""
        assert Path(real.need("python3")).is_file()

    def test_at_home_it_skips_and_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line with the mend."""
        monkeypatch.delenv("NABIJ_REQUIRE_REAL", raising=False)
        monkeypatch.setenv("PATH", "/nowhere")

        with pytest.raises(pytest.skip.Exception, match="openssl is not installed: sudo apt install openssl"):
            real.need("openssl")

    def test_where_it_is_required_it_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same line, and the test is red."""
        monkeypatch.setenv("NABIJ_REQUIRE_REAL", "1")
        monkeypatch.setenv("PATH", "/nowhere")

        with pytest.raises(pytest.fail.Exception, match="openssl is not installed"):
            real.need("openssl")

    def test_only_the_switch_decides(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is guessed from the environment: CI=true changes nothing."""
        monkeypatch.delenv("NABIJ_REQUIRE_REAL", raising=False)
        monkeypatch.setenv("CI", "true")

        assert not real.required()

    def test_a_file_that_a_client_needs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The command that makes it is in the line."""
        monkeypatch.delenv("NABIJ_REQUIRE_REAL", raising=False)

        with pytest.raises(pytest.skip.Exception, match=r"node_modules is absent: npm ci"):
            real.need_path(tmp_path / "node_modules", "npm ci")


SKIPPING = '''
import pytest

@pytest.mark.skip(reason="not today")
def test_by_mark():
    """Skips by mark."""

def test_by_call():
    """Skips by call."""
    pytest.skip("no client")

@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    """Fails as expected, which is no skip."""
    assert False
'''


class TestASkipOfAnyKind:
    """Skips that do not go through `need`."""

    @pytest.mark.parametrize(
        ("switch", "code", "summary"), [("", 0, "2 skipped, 1 xfailed"), ("1", 1, "1 failed, 1 xfailed, 1 error")]
    )
    def test_is_a_failure_where_real_clients_are_required(
        self, tmp_path: Path, switch: str, code: int, summary: str
    ) -> None:
        """A skip by mark or by call is green at home and red there; an expected failure stays one."""
        (tmp_path / "test_skips.py").write_text(SKIPPING)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
        done = subprocess.run(
            [*command, "--rootdir", str(ROOT), "-p", "tests.conftest", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "NABIJ_REQUIRE_REAL": switch},
            capture_output=True,
            text=True,
            check=False,
        )

        assert summary in done.stdout
        assert done.returncode == code

    def test_also_of_a_whole_module(self, tmp_path: Path) -> None:
        """A file that skips itself while it is read cannot hide its tests."""
        (tmp_path / "test_module.py").write_text("import pytest\npytest.skip('later', allow_module_level=True)\n")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
        done = subprocess.run(
            [*command, "--rootdir", str(ROOT), "-p", "tests.conftest", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "NABIJ_REQUIRE_REAL": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert "skipped although NABIJ_REQUIRE_REAL=1: Skipped: later" in done.stdout
        assert done.returncode != 0
