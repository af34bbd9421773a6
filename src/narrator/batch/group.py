"""Groups: all tracks of one session, which is read, spoken and measured once for all lengths and formats."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from narrator.cache import Cache
from narrator.errors import FAILURES, NarratorError, explain
from narrator.ledger import Track
from narrator.rendering import render_tracks
from narrator.request import TrackRequest
from narrator.session import Draft, Rehearsals, Report, read_draft

Group: TypeAlias = tuple[TrackRequest, ...]
"""Requests that differ only in length, file and encoding, so that they share a session that is spoken once."""


def group_requests(requests: Iterable[TrackRequest]) -> list[Group]:
    """Return the requests in groups, in the order of the first of each."""
    groups: dict[object, list[TrackRequest]] = {}
    for request in requests:
        options = request.session.options
        # A file whose times are fixed takes no length, so that having one is a difference.
        shared = replace(request.session, options=replace(options, length=None)), options.length is None
        groups.setdefault((shared, request.force, request.remake), []).append(request)
    return [tuple(group) for group in groups.values()]


Outcome: TypeAlias = tuple[TrackRequest, tuple[Track, ...] | NarratorError]
"""A request, and its tracks, one for each format, or the error that prevented them."""


def render_group(
    group: Group, cache: Cache, report: Report | None = None, draft: Draft | None = None
) -> Iterator[Outcome]:
    """Make the tracks of a group, and yield the outcome of each; one that fails does not affect the others.

    The session is read, unless its draft is given, spoken and measured once; each length is then placed in
    milliseconds.
    """
    known = Rehearsals()
    for request in group:
        try:
            draft = replace(draft or read_draft(request.session), request=request.session)
            yield request, render_tracks(request, cache, report, (draft, known))
        except FAILURES as error:
            refusal = explain(error)
            if refusal is None:
                raise
            yield request, refusal
