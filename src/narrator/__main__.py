"""Entry point of `python -m narrator` and of the `narrator` command.

Imports nothing that takes time, so that an interrupt during the start shows a line and not a traceback.
"""

import gc
import os
import signal
from types import FrameType

_CODE = 130
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def main() -> None:
    """Run the command."""
    for number in _SIGNALS:
        # A command that was started in the background may have it ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    # Modules are a hundred thousand objects that all stay: they would be searched for garbage hundreds of times. The
    # search begins once the command is imported, without these: cycles of objects may hold much sound.
    gc.disable()
    # By default pydantic searches all installed packages for plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from narrator.cli.app import main as run

    try:
        run()
    finally:
        # Python remembers an interrupt within `exec` of a text, as when a dataclass is created, and would end by a
        # signal although it was handled; the next `exec` clears that.
        exec("")  # noqa: S102 - nothing is in it
        # Only Python's own shutdown is left, in which an interrupt would change the exit code.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        # Python would search everything that is left for garbage, which takes longer than some commands.
        gc.freeze()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Exit at once: nothing has started, and an exception could be raised in the middle of an import."""
    os.write(2, b"interrupted\n")
    os._exit(_CODE)


if __name__ == "__main__":
    main()
