"""What holds for every test: no network but loopback, and the house's markers."""

from collections.abc import Iterator

import pytest

from bot.sandbox.keys import loopback_only


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """A test that reaches for anything but this machine fails at once."""
    loopback_only()
    yield
