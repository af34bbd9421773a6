"""`narrator translate`: write or update the PO files of a routine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.console import print_json, report, report_errors
from narrator.cli.options import JsonOption
from narrator.cli.wire import translated_to_data
from narrator.errors import Fault, PublishError, UsageError
from narrator.languages import check_language, fold_language
from narrator.paths import is_file

if TYPE_CHECKING:
    from narrator.routine.model import Routine


def translate_command(
    routines: Annotated[list[str], typer.Argument(metavar="ROUTINE...", help="Routine files.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="CODE,...", help="Languages, such as de or de,es.")],
    as_json: JsonOption = False,
) -> None:
    """Write the texts of a routine to PO files beside it for translation, or update these files.

    narrator translate my.yaml --to de

    narrator translate my.yaml --to de,es

    Fill in each msgstr of my.de.po, then: narrator render my.yaml --language de
    """
    with report_errors(as_json=as_json):
        from narrator.routine.load import load_routine

        languages = [code.strip() for code in to.split(",")]
        for code in languages:
            check_language(code, "to")
        for name in routines:
            path = _find_file(name)
            for code in languages:
                # Load again for each language, to see the files written for the one before.
                _translate(load_routine(path, name), code, as_json=as_json)


def _find_file(name: str) -> Path:
    """Return the file of a routine to translate; refuse a built-in one, because updates of narrator replace it."""
    from narrator.routine.find import find_routine

    path = find_routine(name)
    if not is_file(Path(name)):
        raise UsageError(
            f"{name} is built in, and the next update of narrator would delete its translations; copy {path} to a "
            "folder of your own and translate the copy"
        )
    return path


def _translate(routine: "Routine", language: str, *, as_json: bool) -> None:
    from narrator.routine.coverage import list_files
    from narrator.routine.translating import list_own_files, translate
    from narrator.script import write_script

    # The limits on the size of a session hold here too.
    write_script(routine)
    if fold_language(language) == fold_language(routine.language):
        raise UsageError(f"--to: {routine.mark.file} is already in {language}; name another language")
    try:
        for written in translate(routine, language):
            if as_json:
                print_json(translated_to_data(language, written))
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
            left = Fault(f"{file.name} is not in the routine's folder and was not changed")
            report(left, "warning", as_json=as_json)
