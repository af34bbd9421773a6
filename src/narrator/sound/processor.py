"""The kind of processor, on which the last bits of computed sound depend."""

import platform
from functools import cache
from typing import Any

import numpy as np


@cache
def name_processor() -> str:
    """Return the architecture, and the instructions that numpy uses: with wider ones it sums in another order."""
    known: Any = np.show_config(mode="dicts")
    found = known.get("SIMD Extensions", {})
    return " ".join((platform.machine(), *found.get("baseline", ()), *found.get("found", ())))
