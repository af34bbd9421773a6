import pytest


@pytest.fixture
def narrator(narrator_process):
    """Packages, servers and keys are those of a process: here, each command has one of its own."""
    return narrator_process
