"""`narrator translate`: PO files beside a routine, written and brought up to date."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.console import check_language, faults_told, print_json, tell
from narrator.errors import Fault, PublishError, UsageError
from narrator.paths import is_file

if TYPE_CHECKING:
    from pathlib import Path

    from narrator.routine.model import Routine


def translate_command(
    routines: Annotated[list[str], typer.Argument(metavar="ROUTINE...", help="Routine files.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="CODE,...", help="Languages, such as de or de,es.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")] = False,
) -> None:
    """Write what there is to translate into PO files beside a routine, or bring them up to date.

    narrator translate my.yaml --to de

    narrator translate my.yaml --to de,es

    Fill in each msgstr of my.de.po, then: narrator render my.yaml --language de
    """
    with faults_told():
        from narrator.routine.load import load_routine

        languages = [code.strip() for code in to.split(",")]
        for code in languages:
            check_language(code, "--to")
        for name in routines:
            path = _find_file(name)
            for code in languages:
                # Read again for each: what is written for one language is there for the next.
                _translate(load_routine(path, name), code, as_json=as_json)


def _find_file(name: str) -> "Path":
    """Return the file of a routine that may be translated: a built-in one is not, for it is replaced with narrator."""
    from narrator.routine.find import find_routine

    path = find_routine(name)
    if not is_file(path.__class__(name)):
        raise UsageError(
            f"{name} comes with narrator, and a translation there would be lost with the next one; copy {path} into a "
            "folder of yours, and name the copy"
        )
    return path


def _translate(routine: "Routine", language: str, *, as_json: bool) -> None:
    from narrator.languages import fold_language
    from narrator.routine.coverage import list_files
    from narrator.routine.translating import list_own_files, translate

    if fold_language(language) == fold_language(routine.language):
        raise UsageError(f"--to: {routine.mark.file} is in {language} already; name another language")
    try:
        for written in translate(routine, language):
            if as_json:
                print_json({"language": language, **asdict(written)})
            else:
                removed = f", {written.removed} removed" if written.removed else ""
                typer.echo(
                    f"{written.file}  {written.done} done, {written.missing} missing, {written.fuzzy} fuzzy{removed}"
                )
    except OSError as error:
        raise PublishError(f"cannot write {error.filename}: {error.strerror or error}; check the folder") from error
    own = list_own_files(routine)
    for file in list_files(routine):
        if file not in own and language not in file.languages:
            tell(Fault(f"{file.name} is not in the folder of the routine, and was left as it is"), "warning")
