import pytest


@pytest.fixture
def narrator(narrator_process):
    """Isolate each command: packages, servers and keys belong to a process."""
    return narrator_process
