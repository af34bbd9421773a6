"""A routine to start from."""

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
voice: {{pace: 0.9}}        # 1 is the voice's own pace, less is slower

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


def write_starter(name: str) -> str:
    """Return the text of a routine called `name`, with comments that explain it."""
    title = name.replace("-", " ").replace("_", " ").strip().capitalize() or "My routine"
    return _STARTER.format(title=_quote(title), file=f"{name}.yaml")


def _quote(text: str) -> str:
    return text if text.replace(" ", "").isalnum() and not text.isdigit() else "'" + text.replace("'", "''") + "'"
