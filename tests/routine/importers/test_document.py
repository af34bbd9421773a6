"""A text as a routine: what each form of the grammar comes to, and what is said where something is not understood."""

from pathlib import Path
from textwrap import dedent

import pytest

from narrator.errors import RoutineError
from narrator.routine.importers import make_source
from narrator.routine.load import make_routine
from narrator.script import write_script


def read(text, file="class.md"):
    path = Path(file)
    source = make_source(dedent(text).lstrip("\n").encode(), path, file)
    return source, make_routine(source, path)


def steps(text, file="class.md"):
    return read(text, file)[0].data["steps"]


def faults(text, file="class.md"):
    with pytest.raises(RoutineError) as caught:
        write_script(read(text, file)[1])
    return caught.value.faults


CLASS = """
    # Evening hips

    Welcome. Find a place to lie down. [pause 3s] If anything hurts, ease out of it.

    ## Knees to the chest

    Draw *both* knees towards your chest.
    [hold 1m: halfway; Soften your jaw, and breathe; last 10s]

    ## Pigeon (right, left)

    Bring your {side} knee forward. [hold 20s..2m]

    ## Circuit (2-3 rounds) [extra]

    - 40 sec squats
    - 1 min rest

    Thank you. [bell]
"""


def test_a_class_has_a_title_sections_sides_rounds_holds_and_intervals():
    source, routine = read(CLASS)
    assert source.data["title"] == "Evening hips"
    assert source.data["steps"] == [
        {"say": "Welcome. Find a place to lie down. [3s] If anything hurts, ease out of it."},
        {
            "section": "Knees to the chest",
            "steps": [
                {"say": "Draw both knees towards your chest."},
                {
                    "hold": "1m",
                    "cues": [{"at": "half"}, {"at": "75%", "say": "Soften your jaw, and breathe"}, {"at": "-10s"}],
                },
            ],
        },
        {
            "section": "Pigeon",
            "sides": ["right", "left"],
            "steps": [{"say": "Bring your {side} knee forward."}, {"hold": "20s..2m"}],
        },
        {
            "section": "Circuit",
            "extra": "true",
            "steps": [
                {
                    "repeat": "2..3",
                    "steps": [
                        {"hold": "40s..40s", "quiet": "true", "cues": [{"at": "0s", "say": "40 sec squats"}]},
                        {"hold": "1m..1m", "quiet": "true", "cues": [{"at": "0s", "say": "1 min rest"}]},
                        {"say": "Thank you."},
                        {"bell": "bowl"},
                    ],
                }
            ],
        },
    ]
    assert routine.title.texts == ("Evening hips",)


def test_each_step_is_where_it_is_written():
    _, routine = read(CLASS)
    hold = routine.steps[1].steps[1]
    assert (hold.mark.line, hold.mark.column) == (8, 7)
    assert hold.find_mark("hold").text.startswith("[hold 1m")
    assert routine.steps[2].steps[0].mark.line == 12


@pytest.mark.parametrize(
    ("mark", "step"),
    [
        ("[pause 10 seconds]", {"pause": "10s"}),
        ("[pause 3-5 s]", {"pause": "3s..5s"}),
        ("[5 breaths]", {"pause": "5 breaths"}),
        ("[pause five breaths]", {"pause": "5 breaths"}),
        ("(hold for 5 breaths)", {"hold": "5 breaths"}),
        ("[hold]", {"hold": "1m"}),
        ("[hold 30]", {"hold": "30s"}),
        ("[hold 20 to 40 sec]", {"hold": "20s..40s"}),
        ("**[1 min hold]**", {"hold": "1m"}),
        ("[stay here for 2 minutes]", {"hold": "2m"}),
        ("[bell]", {"bell": "bowl"}),
        ("[3 bells]", {"bell": "3"}),
        ("[bell x2]", {"bell": "2"}),
        ("*gong*", {"bell": "gong"}),
        ("[chime 3 times]", {"bell": {"sound": "chime", "times": "3"}}),
        ("[bell: tingsha]", {"bell": "tingsha"}),
        ("[breathe 4-7-8, 6 rounds]", {"breathe": "4-7-8", "rounds": "6"}),
        ("[breathe box for 2 min]", {"breathe": "box", "for": "2m"}),
        ("[breathe 4-4 .. 4-8 3m]", {"breathe": "4-4 .. 4-8", "for": "3m"}),
        ('<break time="2s"/>', {"pause": "2s"}),
        ("/5s", {"pause": "5s"}),
    ],
)
def test_a_mark_by_itself_is_a_step(mark, step):
    assert {**step} in [dict(each) for each in steps(f"Rest.\n\n{mark}\n")]


@pytest.mark.parametrize(
    ("language", "mark", "step"),
    [
        ("de", "[halten 40 Sekunden]", {"hold": "40s"}),
        ("de", "[5 Atemzüge halten]", {"hold": "5 breaths"}),
        ("de", "[2 Minuten halten: zur Hälfte]", {"hold": "2m", "cues": [{"at": "half"}]}),
        ("de", "[Klangschale 3]", {"bell": "3"}),
        ("de", "[atmen 4-6 für 2 Minuten]", {"breathe": "4-6", "for": "2m"}),
        ("es", "[mantén cinco respiraciones]", {"hold": "5 breaths"}),
        ("es", "[3 campanas]", {"bell": "3"}),
        ("es", "[respira 4-6 durante 2 minutos]", {"breathe": "4-6", "for": "2m"}),
        ("fr", "[tenir 30 secondes : à la moitié]", {"hold": "30s", "cues": [{"at": "half"}]}),
        ("fr", "[bol]", {"bell": "bowl"}),
        ("it", "[mantieni 20-40 secondi: ultimi 10 secondi]", {"hold": "20s..40s", "cues": [{"at": "-10s"}]}),
        ("it", "[campana]", {"bell": "bowl"}),
        ("pt", "[mantenha um minuto]", {"hold": "1m"}),
        ("pt", "[sino 2 vezes]", {"bell": "2"}),
    ],
)
def test_marks_are_read_in_the_language_of_the_text(language, mark, step):
    assert dict(steps(f"---\nlanguage: {language}\n---\nA.\n\n{mark}\n")[-1]) == step


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Pigeon (right, left)", {"sides": ["right", "left"]}),
        ("Pigeon (R/L)", {"sides": ["right", "left"]}),
        ("Pigeon (both sides)", {"sides": ["right", "left"]}),
        ("Pigeon (rechts und links)", {"sides": ["right", "left"]}),
        ("Pigeon (with a block)", {}),
        ("Pigeon [optional 2]", {"optional": "2"}),
        ("Pigeon (3 rounds)", {"repeat": "3"}),
        ("Pigeon (3x)", {"repeat": "3"}),
        ("Pigeon (2..4 rounds) (left, right)", {"sides": ["left", "right"], "repeat": "2..4"}),
    ],
)
def test_a_heading_names_sides_and_rounds(heading, section):
    (found,) = steps(f"---\ntitle: A\nlanguage: {'de' if 'rechts' in heading else 'en'}\n---\n## {heading}\n\nRest.\n")
    repeat = found["steps"][0].get("repeat")
    known = {key: found[key] for key in ("sides", "optional") if key in found} | ({"repeat": repeat} if repeat else {})
    assert known == section
    assert found["section"] == ("Pigeon (with a block)" if "block" in heading else "Pigeon")


def test_what_markdown_would_take_for_something_else_is_text():
    found = steps("""
        [pause]: soften

        1986. was a good year, and *this* is `it`.

        A spoken line
        ---
        <!-- not for the ear: [nonsense] --> Another.
    """)
    said = [step["say"] for step in found if "say" in step]
    assert said == ["soften", "was a good year, and this is it.", "A spoken line", "Another."][-len(said) :] or said


def test_a_text_of_paragraphs_stretches_in_its_gaps():
    source, routine = read("Lie down.\n\nClose your eyes.\n\n- Feel your feet.\n- Feel your hands.\n")
    gap = {"pause": "0.6s..20s"}
    assert source.data["steps"] == [
        {"say": "Lie down."}, gap, {"say": "Close your eyes."}, gap, {"say": "Feel your feet."}, gap,
        {"say": "Feel your hands."},
    ]  # fmt: skip
    assert any("gaps between paragraphs stretch" in line for line in routine.decided)


def test_paragraphs_between_holds_are_one_text():
    assert steps("Lie down.\n\nClose your eyes.\n\n[hold 1m]\n") == [
        {"say": "Lie down.\n\nClose your eyes."}, {"hold": "1m"},
    ]  # fmt: skip


def test_front_matter_says_what_a_routine_says_at_its_top():
    source, routine = read("""
        ---
        title: Evening
        length: 10m
        bells: true
        count: 3
        bed: rain
        ---
        # Another title

        - 40 sec squats
    """)
    assert source.data["title"] == "Evening"
    assert source.data["steps"] == [
        {"bell": "bowl"},
        {"hold": "40s..40s", "quiet": "true", "cues": [{"at": "0s", "say": "40 sec squats"}, {"countdown": "3"}]},
        {"bell": "bowl"},
    ]
    assert (routine.length, routine.bed.sound) == (600_000, "rain")


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "fix"),
    [
        ("A.\n\nB. [hald 1m]", 3, 4, "did you mean [hold 1m]?", "B. [hold 1m]"),
        ("A.\n\n[puase 4s]", 3, 1, "did you mean [pause 4s]?", "[pause 4s]"),
        ("A. [Demonstrate it]", 1, 4, "is not a mark", "A. [note: Demonstrate it]"),
        ("A. [breathe in]", 1, 4, "Text to be said has no brackets", "A. breathe in"),
        ("A. [10]", 1, 4, "has no unit", "A. [10s]"),
        ("A. [breathe 4-6]", 1, 4, "this has no length", "A. [breathe 4-6 1m]"),
        ("A. <b>B</b>", 1, 4, "would be spoken", "A. B</b>"),
        ("A. [hold 2m..20s]", 1, 10, "runs backwards", "A. [hold 20s..2m]"),
        ("A. ] B", 1, 1, "is unmatched", None),
        ("A {side} B.", 1, 1, "has no meaning here", None),
        ("---\ncount: x\n---\nA.", 2, 8, "'count' is", "count: 3"),
        ("---\nlenght: 5m\n---\nA.", 2, 1, "length", "length: 5m"),
        ("---\nsteps: 5m\n---\nA.", 2, 1, "take 'steps' out", None),
        ("A.\n\n<!-- B", 3, 1, "is not closed", "<!-- B -->"),
        ("", 1, 1, "nothing to say", None),
        ("A [bed foo] B", 1, 3, "there is no bed", None),
        ("A [bed rain] B [bed ocean]", 1, 21, "already has 'rain'", None),
    ],
)
def test_what_is_not_understood_is_reported_at_its_place(text, line, column, message, fix):
    fault = faults(text)[0]
    assert message in fault.message
    assert (fault.mark.line, fault.mark.column, fault.fix) == (line, column, fix)


def test_a_plain_text_has_its_title_in_its_first_line_and_marks_without_brackets():
    source, routine = read("Evening\n\nLie down.\n\npause 10 seconds\n\nRest.\nhold 1 minute\n", "evening.txt")
    assert source.data["title"] == "Evening"
    assert [dict(step) for step in source.data["steps"]] == [
        {"say": "Lie down."}, {"pause": "10s"}, {"say": "Rest."}, {"hold": "1m"},
    ]  # fmt: skip
    (note,) = routine.notes
    assert (note.mark.line, note.fix) == (5, "[pause 10 seconds]")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Lie down on your back and feel the floor.", "en"),
        ("Lege dich auf den Rücken und spüre, wie der Boden dich trägt.", "de"),
        ("Túmbate boca arriba y siente cómo el suelo te sostiene.", "es"),
        ("Allongez-vous sur le dos et sentez le sol qui vous porte.", "fr"),
        ("Sdraiati sulla schiena e senti il pavimento che ti sostiene.", "it"),
        ("Deite-se de costas e sinta como o chão sustenta o seu corpo.", "pt"),
    ],
)
def test_the_language_is_known_by_frequent_words(text, language):
    assert read(text)[0].data["language"] == language


def test_a_language_that_is_not_clear_is_english_and_said_so():
    _, routine = read("Om.\n")
    assert "unless 'language' in the front matter says otherwise" in routine.decided[0]


def test_lines_that_end_early_are_the_authors():
    source, _ = read("Inhale\nExhale\n\nA long line of prose that is filled to a width, and goes on\nhere.\n")
    assert source.data["lines"] == "separate"
    assert source.data["steps"][0]["say"] == "Inhale\nExhale"
    assert source.data["steps"][2]["say"].endswith("and goes on here.")


def test_an_extra_paragraph_of_several_steps_comes_and_goes_whole():
    assert steps("A.\n\n[hold 1m]\n\nLie on your side. [hold 1m] [extra]\n")[2:] == [
        {"repeat": "1", "extra": "true", "steps": [{"say": "Lie on your side."}, {"hold": "1m"}]}
    ]


def test_an_empty_heading_is_nothing():
    assert steps("# A\n\nRest.\n\n##\n\n[hold 1m]\n\n#\n") == [{"say": "Rest."}, {"hold": "1m"}]


def test_a_heading_without_text_gets_a_note():
    _, routine = read("# A\n\n## Nothing\n\n## Rest\n\nRest.\n")
    assert ["nothing is below the heading 'Nothing'" in note.message for note in routine.notes] == [True]


def test_lines_of_a_phrase_and_its_seconds_are_rigid():
    source, routine = read("Body scan\n\nLie down;4\nClose your eyes; 2.5 sec\nRest [bell]; 0\n", "scan.txt")
    assert source.data["steps"] == [
        {"say": "Lie down"}, {"pause": "4s"}, {"say": "Close your eyes"}, {"pause": "2.5s"}, {"say": "Rest"},
        {"bell": "bowl"},
    ]  # fmt: skip
    assert "3 lines are a phrase and the seconds of silence after it" in routine.decided


@pytest.mark.parametrize(
    ("item", "length"),
    [
        ("40 sec squats", "40s"),
        ("1 min 30 sec rest", "1m30s"),
        ("0:45 plank", "45s"),
        ("40'' plank", "40s"),
        ("Plank: 40 seconds", "40s"),
        ("Plank (1 min)", "1m"),
        ("Plank – 40 s", "40s"),
        ("Breathe in for 4 seconds", None),
        ("40 seconds", None),
    ],
)
def test_an_item_with_its_length_takes_exactly_as_long(item, length):
    (step,) = steps(f"- {item}\n")
    assert step.get("hold") == (length and f"{length}..{length}")
    assert (step["cues"][0]["say"] if length else step["say"]) == item.replace(" (1 min)", ", 1 min")


def test_the_rows_of_a_table_are_items():
    source, routine = read("Go.\n\n| Pose | Time |\n| --- | --- |\n| Plank | 40 sec |\n| Squats | 1 min | slowly |\n")
    assert [step.get("cues", [step])[0]["say"] for step in source.data["steps"]] == [
        "Go.", "Plank: 40 sec", "Squats: 1 min: slowly",
    ]  # fmt: skip
    (note,) = routine.notes
    assert (note.mark.line, note.mark.text) == (3, "| Pose | Time |")
