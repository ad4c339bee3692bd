"""What holds for every test: no network but loopback, and the house's markers."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot.sandbox.keys import loopback_only

# An example may take long on a busy machine; a test that is too slow shows in the suite's time.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """A test that reaches for anything but this machine fails at once."""
    loopback_only()
    yield
