"""`narrator schema`: the routine language, for editors."""

import json

import typer

from narrator.cli.console import report_errors


def schema_command() -> None:
    """Print the routine language as a JSON Schema, for editors.

    narrator schema > routine.schema.json
    """
    with report_errors():
        from narrator.routine.schema import make_schema

        typer.echo(json.dumps(make_schema(), ensure_ascii=False, indent=2))
