"""What holds for every test: this machine only, a clock that stands still, and no silent skip where none is allowed."""

import os
from collections.abc import Generator

import hypothesis
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.loopback import guarded
from tests.real import required

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if required() else "dev")


def pytest_configure() -> None:
    """Processes started by any test inherit the guard on sockets."""
    os.environ.update(guarded(os.environ))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails where real clients are required."""
    report = yield
    if report.skipped and required() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although NABIJ_REQUIRE_REAL=1: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So does a module that skips itself."""
    report = yield
    if report.skipped and required():
        report.outcome = "failed"
        report.longrepr = f"skipped although NABIJ_REQUIRE_REAL=1: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


@pytest.fixture
def clock() -> FakeClock:
    """A clock at Tuesday 10:00 in Brussels that moves only when told to."""
    return FakeClock()
