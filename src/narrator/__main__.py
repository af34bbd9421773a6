"""`python -m narrator` is the `narrator` command, and this is where both begin.

Nothing is imported here that takes time: whoever interrupts the command while it starts sees a line, not a traceback.
"""

import os
import signal
from types import FrameType

_CODE = 130
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def main() -> None:
    """Run the command."""
    for number in _SIGNALS:
        # Whoever starts a command in the background may have it ignore them.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    from narrator.cli.app import main as run

    try:
        run()
    finally:
        # Python remembers an interrupt that came within `exec` of a text, as in the making of a dataclass, and would
        # end by a signal although it was handled; the next `exec` makes it forget.
        exec("")  # noqa: S102 - nothing is in it
        # All is done but for Python's own end, which an interrupt would turn into a death.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End at once: nothing has begun, and an exception would be met in the midst of an import."""
    os.write(2, b"interrupted\n")
    os._exit(_CODE)


if __name__ == "__main__":
    main()
