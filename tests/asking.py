"""Requests in one line, and a routine to ask for."""

from dataclasses import replace

from narrator.rendering import render_tracks
from narrator.request import SessionOptions, SessionRequest

TWO_LANGUAGES = """\
title: {en: Short, de: Kurz}
voice: silent
steps:
  - say: {en: Sit down., de: Setz dich.}
  - hold: 5s..1m
  - say: {en: Thank you., de: Danke.}
"""


def make_request(file, name, length=None, voice=None, guidance=None, language=None, **options):
    return SessionRequest(
        file, name, SessionOptions(length=length, voice=voice, guidance=guidance, language=language, **options)
    )


def change_request(request, **options):
    """Return a request for a session with other options; of a track, too."""
    if isinstance(request, SessionRequest):
        return replace(request, options=replace(request.options, **options))
    return replace(request, session=change_request(request.session, **options))


def render_one(request, cache, *options):
    """Make a track in a single format."""
    (track,) = render_tracks(request, cache, *options)
    return track
