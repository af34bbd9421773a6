"""A routine to start from, in YAML or as a text."""

import re
from pathlib import PurePath

_STARTER = """\
# yaml-language-server: $schema=routine.schema.json
# The first line tells an editor how to help; 'narrator schema > routine.schema.json' makes the file it names.
# Check this routine:   narrator check {file}
# Make a track of it:   narrator render {file} --length 5m,10m
# Indent with spaces, never with tabs; what belongs together starts in the same column.
# A space follows each dash that starts an entry, and each colon after a key.
# Put a text in quotes if it contains ': ' or ' #', starts with a sign, or is inside {{...}} or [...].
title: {title}
description: Say in a sentence what this session is for.
language: en
length: 8m                # of the track; --length overrides it; without either, the track has its natural length
manner: movement          # or meditation, or sleep: gaps, pace, room and bells, unless you write them yourself

steps:
  - bell: {{sound: bowl, times: 2, every: 5s}}

  # Each sentence is spoken by itself, with a short gap after it. [3s] is a pause of three seconds.
  - say: Welcome. Find a place where you can lie down. [3s] If anything hurts, ease out of it and rest.
  - pause: 4s             # a pause keeps its length; 'pause: 4s..10s' may stretch

  # A section becomes a chapter of the track.
  - section: Knees to the chest
    steps:
      - say: Lie on your back. Breathe in, and as you breathe out, draw both knees towards your chest.
      # Holds share the time that is left: each shrinks and stretches between its bounds.
      - hold: 25s..2m
        cues:
          - {{at: half, say: ["Rock a little from side to side.", "Rock a little."]}}   # the first wording that fits

  # Steps that are repeated as often as there is time for, between these bounds.
  - repeat: {{natural: 1, max: 6}}
    steps:
      - say: "{{Nth}} round."     # narrator knows which; '{{round}} of {{rounds}}' counts them in figures
      # The steps of a section with sides run once for each, with equal holds.
      - section: Twist
        sides: [right, left]
        between: {{pause: 5s}}          # narrator itself says to change sides
        steps:
          - say: Breathe out, and let both knees sink to the {{side}}.
            brief: Breathe out, and sink to the {{side}}.       # said on the second side
          - hold: 25s..2m
            cues:
              - {{at: -10s}}            # narrator itself says that ten seconds are left

  # An extra step is added if there is time for it.
  - section: Figure four
    extra: true
    sides: [right, left]
    between: {{pause: 5s}}
    steps:
      - say: Cross your {{side}} ankle over the other knee, and let the leg grow heavy.
      - hold: 25s..2m
        cues:
          # As many of these as fit, evenly spaced.
          - {{spread: ["Soften your jaw.", "Let your lower back grow wide."], apart: 15s}}

  # An optional step is left out if there is no time for it.
  - section: Breath
    optional: true
    steps:
      - say: Come back to the middle, and follow the tones.
      - breathe: 4-6              # in for 4 seconds, out for 6; or box, relaxing, coherent, diaphragmatic
        for: 30s..6m              # in whole rounds; their number follows the length
        voiced: {{first: 2, last: true}}    # the rounds with words; narrator announces the last one

  - section: Rest
    steps:
      - say: Let your breath come and go by itself, and rest.
      - hold: 30s..6m
        cues:
          - {{every: 75s, each: ["Rest.", "Let the floor carry you."]}}    # in turn

  - say: Thank you. Come back in your own time.
  - bell: bowl
"""


_TEXT = """\
---
# Between these lines are settings, such as the length of the track. What follows # is a comment.
# Check this text:      narrator check {file}
# Make a track of it:   narrator render {file} --length 5m,10m
title: {title}
language: en
length: 8m
manner: movement   # or meditation, or sleep: gaps, pace, room and bells
bells: true        # a bell opens and closes it where none is written
---

[note: What is in brackets is not spoken, and a note is for you alone. docs/text.md has all that brackets can say.]

Welcome. Find a place where you can lie down. [pause 3s] If anything hurts, ease out of it and rest.

{knees}

Lie on your back. Breathe in, and as you breathe out, draw both knees towards your chest.

[note: A hold is silence to practise in; it stretches with the track. After the colon is what is said in it.]
[hold 25s..2m: Rock a little from side to side; last 10s]

{twist}

Breathe out, and let both knees sink to the {{side}}. [hold 25s..2m: halfway]

{warm}

- 30 sec circles with your feet
- 20 sec rest

{figure}

Cross one ankle over the other knee. [hold 25s..2m]{extra}

{rest}

Let your breath come and go by itself, and follow the tones. [breathe 4-6 1m]

Thank you. Come back in your own time.
"""
_HEADINGS = {
    "knees": "## Knees to the chest",
    "twist": "[note: The text of this section comes once for each side.]\n\n## Twist (right, left)",
    "warm": "[note: An item that begins with a length takes exactly that long.]\n\n## Warm up (2 rounds)",
    "figure": "[note: An extra comes in when there is time for it.]\n\n## Figure four [extra]",
    "rest": "## Rest",
    "extra": "",
}
"""Headings of a text in Markdown; a plain text has none."""
_PLAIN = {
    "knees": "",
    "twist": "",
    "warm": "[note: An item that begins with a length takes exactly that long.]",
    "figure": "[note: An extra comes in when there is time for it.]",
    "rest": "",
    "extra": " [extra]",
}


def write_starter(name: str) -> str:
    """Return the text of a routine called `name`, with a comment beside whatever is not plain."""
    return _STARTER.format(title=_quote(_make_title(name)), file=f"{name}.yaml")


def write_text_starter(file: str) -> str:
    """Return a commented text to start from, for a file of that name: in Markdown, or plain if it ends in `.txt`."""
    stem, suffix = PurePath(file).stem, PurePath(file).suffix.lower()
    parts = _PLAIN if suffix == ".txt" else _HEADINGS
    text = _TEXT.format(title=_quote(_make_title(stem)), file=file, **parts)
    if suffix == ".txt":
        text = text.replace("to the {side}", "to the right")
    return re.sub(r"\n{3,}", "\n\n", text)


def _make_title(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").strip().capitalize() or "My routine"


def _quote(text: str) -> str:
    return text if text.replace(" ", "").isalnum() and not text.isdigit() else "'" + text.replace("'", "''") + "'"
