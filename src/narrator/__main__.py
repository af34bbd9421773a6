"""`python -m narrator` is the `narrator` command, and this is where both begin.

Nothing is imported here that takes time: whoever interrupts the command while it starts sees a line, not a traceback.
"""

import os
import signal
from types import FrameType

_CODE = 130


def main() -> None:
    """Run the command."""
    before = signal.getsignal(signal.SIGINT)
    # Whoever starts a command in the background may have it ignore interrupts.
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave)
    from narrator.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End at once: nothing has begun, and an exception would be met in the midst of an import."""
    os.write(2, b"interrupted\n")
    os._exit(_CODE)


if __name__ == "__main__":
    main()
