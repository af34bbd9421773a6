"""A routine copied with the parts that it includes and the translations of both."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from narrator.paths import find_below, read_file
from narrator.routine.importers import read_source
from narrator.routine.source import Source
from narrator.routine.translations import Translations


def list_copies(path: Path, target: Path) -> dict[Path, bytes]:
    """Return what a copy of a routine at `target` comes to: each file to write with its bytes.

    Parts are those beside or below the routine, and are copied to the same place beside the copy.

    Raises:
        RoutineError: the routine, or a part, cannot be read.

    """
    copies: dict[Path, bytes] = {}
    waiting = [(path, target)]
    while waiting:
        file, place = waiting.pop()
        if place in copies:
            continue
        copies[place] = read_file(file)
        translations = Translations(file, str(file))
        for language in translations.languages:
            copies[place.with_name(f"{place.stem}.{language}.po")] = read_file(translations.find_file(language))
        found = ((find_below(file.parent, name), place.parent / name) for name in _list_included(read_source(file)))
        waiting += ((part, beside) for part, beside in found if part)
    return copies


def _list_included(source: Source) -> Iterator[str]:
    """Yield the files that the steps of a file include."""
    nodes = [source.root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            for label, value in node.value:
                nodes.append(value)
                if label.value == "include" and isinstance(value, yaml.ScalarNode):
                    yield value.value
