import inspect
import pickle

import pytest

from narrator import errors
from narrator.errors import Fault, Mark, NarratorError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, NarratorError)]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_survive_pickling(kind):
    error = kind("wrong", Mark("a.yaml", 3, 5), (Fault("also wrong", Mark("a.yaml", 9, 1)),))
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is kind
    assert copy.faults == error.faults
    assert copy.exit_code == error.exit_code


def test_errors_read_as_compilers_write_them():
    error = NarratorError("wrong", Mark("a.yaml", 3, 5), (Fault("odd"),))
    assert str(error) == "a.yaml:3:5: error: wrong\nerror: odd"


def test_exit_codes_differ_by_whose_fault_it_is():
    assert [kind("").exit_code for kind in (errors.RoutineError, errors.LengthError)] == [1, 1]
    assert errors.UsageError("").exit_code == 2
    assert [kind("").exit_code for kind in (errors.SpeechError, errors.PublishError)] == [3, 3]
