"""Every combination of lists of values as tracks, for `narrator.render_all`."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast, get_args

from narrator.batch.lengths import read_lengths
from narrator.batch.matrix import ALL, Combination, Matrix, check_paths, fill_path, make_requests, read_facts
from narrator.batch.template import PathTemplate
from narrator.errors import UsageError
from narrator.formats.registry import find_suffixes
from narrator.languages import check_language
from narrator.request import SessionRequest, TrackRequest
from narrator.routine.values import Guidance


def list_tracks(
    requests: Iterable[SessionRequest],
    folder: str | os.PathLike[str],
    *,
    path: str = "{routine}/{language}/{voice}-{length}",
    lengths: str | None = None,
    languages: Sequence[str] = (),
    voices: Sequence[str] = (),
    guidances: Sequence[str] = (),
    formats: Sequence[str] = ("mp3",),
) -> list[tuple[SessionRequest, Path]]:
    """Return the session and the path of every combination of values, for `render_all`.

    `requests` are those of routines; a list that is empty leaves their own value. `lengths` are written as
    `5m,10m..60m/5m`; the language `all` is every one of a routine. `path` is a template, described in `docs/matrix.md`,
    for the path in the folder, to which the suffix of the format is added.

    Raises:
        RoutineError: a routine cannot be used.
        UsageError: a value is not valid, or two tracks would share a path.

    """
    suffixes = find_suffixes(formats)
    for language in languages:
        if language != ALL:
            check_language(language)
    if wrong := set(guidances) - set(get_args(Guidance)):
        raise UsageError(f"there is no guidance {min(wrong)!r}; use {', '.join(get_args(Guidance))}")
    try:
        read: tuple[int | None, ...] = read_lengths(lengths) if lengths else ()
    except ValueError as error:
        raise UsageError(str(error), options=("length",)) from None
    root, template, found = Path(folder), PathTemplate(path), list[tuple[Combination, SessionRequest, Path]]()
    for request in requests:
        options, facts = request.options, read_facts(request)
        matrix = Matrix(
            read or (options.length,),
            tuple(languages) or (options.language,),
            tuple(voices) or (options.voice,),
            cast("tuple[Guidance, ...]", tuple(guidances)) or (options.guidance,),
            tuple(suffix.removeprefix(".") for suffix in suffixes),
            template,
        )
        for combinations, made in make_requests(matrix, facts, request, lambda each, _: TrackRequest(each, root)):
            found += ((one, made.session, root / fill_path(template, one, facts)) for one in combinations)
    check_paths(((one, output) for one, _, output in found), template, root)
    return [(session, output) for _, session, output in found]
