from importlib.metadata import PackageNotFoundError

import av
import numpy as np
import pytest

from narrator.versions import find_version


def test_versions_are_those_of_the_imported_packages():
    assert find_version("av") == av.__version__
    assert find_version("numpy") == np.__version__


def test_an_unknown_package_has_no_version():
    with pytest.raises(PackageNotFoundError):
        find_version("narrator-of-another-kind")
