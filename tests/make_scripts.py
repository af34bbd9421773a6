"""Make `scripts/` again: the script of each built-in routine at its own length, with the voice `silent`.

Run it from the top of the project: `python tests/make_scripts.py`.
"""

import tempfile
from pathlib import Path

from asking import make_request
from narrator.cache import Cache
from narrator.routine import list_builtins
from narrator.session import make_session

FOLDER = Path(__file__).parents[1] / "scripts"


def make_script(name: str, cache: Cache) -> str:
    """Text of the script of a built-in routine."""
    file = f"routines/{name}.yaml"
    session = make_session(make_request(list_builtins()[name], file, voice="silent"), cache)
    return session.format_script()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.yaml"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        for name in list_builtins():
            (FOLDER / f"{name}.yaml").write_text(make_script(name, Cache(Path(folder))), encoding="utf-8")
