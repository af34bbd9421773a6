import av
import numpy as np
import pytest

from narrator.versions import find_version


def test_versions_are_those_of_the_imported_packages():
    assert find_version("av") == av.__version__
    assert find_version("numpy") == np.__version__


def test_an_unknown_package_has_no_version():
    with pytest.raises(ImportError):
        find_version("narrator-of-another-kind")


def test_a_package_without_metadata_is_asked_itself(tmp_path, monkeypatch):
    (tmp_path / "without_metadata.py").write_text("__version__ = '1.2'\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_version("without_metadata") == "1.2"
