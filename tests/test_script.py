import pytest

from narrator.errors import RoutineError
from narrator.routine import load_routine
from narrator.script import Bell, Silence, Speech, write_script


@pytest.fixture
def unroll(write):
    def unroll_steps(steps, guidance="full", language=None, head=""):
        return write_script(load_routine(write(f"title: x\n{head}steps:\n{steps}"), "f"), guidance, language)

    return unroll_steps


def outline(script):
    """Texts, bells, and lengths of silence in ms, the lead left out."""
    found = []
    for item in script.items[1:]:
        match item.what:
            case Speech(text=text):
                found.append(text)
            case Bell(sound, times, _):
                found.append((sound, times))
            case Silence(length=length):
                found.append(length.natural)
    return found


def test_a_script_opens_with_half_a_second(unroll):
    assert unroll("  - bell: bowl\n").items[0].what.length.natural == 504


def test_gaps_stand_after_sentences_but_not_before_silences_and_bells(unroll):
    script = unroll("  - say: One. Two.\n  - pause: 4s\n  - say: Three.\n  - bell: bowl\n  - say: Four.\n")
    assert outline(script) == ["One.", 600, "Two.", 4008, "Three.", ("bowl", 1), "Four.", 600]


def test_a_paragraph_is_followed_by_twice_the_gap(unroll):
    assert outline(unroll("  - say: |\n      One.\n\n      Two.\n")) == ["One.", 1200, "Two.", 600]


def test_inline_pauses_are_rigid_silences_without_gaps(unroll):
    script = unroll("  - say: In. [3s] Out.\n")
    assert outline(script) == ["In.", 3000, "Out.", 600]
    assert script.items[2].what.length.least == script.items[2].what.length.most


def test_sides_run_once_each_with_their_words(unroll):
    script = unroll(
        "  - section: Pigeon\n    sides: [right, left]\n    steps:\n"
        "      - say: The {side} knee, not the {other_side}.\n        brief: Now the {side}.\n      - hold: 1m\n"
    )
    assert outline(script) == ["The right knee, not the left.", 60_000, "Now the left.", 60_000]
    assert [item.side for item in script.items[1:]] == ["right", "right", "left", "left"]
    holds = [item.what for item in script.items if isinstance(item.what, Silence) and item.what.is_hold]
    assert holds[0].elastic_id == holds[1].elastic_id


def test_brief_guidance_says_the_brief_words_at_once(unroll):
    assert outline(unroll("  - say: A long text.\n    brief: Short.\n", "brief")) == ["Short.", 600]


def test_one_side_has_no_other(unroll):
    with pytest.raises(RoutineError, match=r"f:6:14: error: \{other_side\} has no meaning here"):
        unroll("  - section: A\n    sides: [right, left, middle]\n    steps:\n      - say: The {other_side}.\n")


def test_an_unknown_word_in_braces_is_reported_with_its_place(unroll):
    with pytest.raises(RoutineError) as caught:
        unroll("  - say: The {side}.\n  - hold: 1m\n    cues: [{at: half, say: 'The {sied}.'}]\n")
    assert [fault.mark.line for fault in caught.value.faults] == [3, 5]


@pytest.mark.slow
def test_too_many_steps_are_refused(unroll):
    deep = "  - section: A\n    sides: [a, b, c, d, e, f, g, h]\n    steps:\n"
    for level in range(1, 5):
        indent = "    " * level
        deep += f"{indent}  - section: A\n{indent}    sides: [a, b, c, d, e, f, g, h]\n{indent}    steps:\n"
    with pytest.raises(RoutineError, match="over 10,000 steps once sides and repeats are unrolled"):
        unroll(deep + "    " * 5 + "  - say: x\n")


def test_repeats_count_their_rounds(unroll):
    assert outline(unroll("  - repeat: 2\n    steps: [{say: 'Round {round} of {rounds}.'}]\n")) == [
        "Round 1 of 2.",
        600,
        "Round 2 of 2.",
        600,
    ]


def test_between_sides_narrator_asks_to_change(unroll):
    steps = "  - section: A\n    sides: [right, left]\n    between: {between}\n    steps: [{{say: 'The {{side}}.'}}]\n"
    assert outline(unroll(steps.format(between="8s"))) == [
        "The right.",
        600,
        "Now change sides.",
        8000 - 8,
        "The left.",
        600,
    ]
    assert outline(unroll(steps.format(between="Turn over.")))[2:4] == ["Turn over.", 4008]
    assert outline(unroll(steps.format(between="{say: Turn., pause: 5s}")))[2:4] == ["Turn.", 4992]


def test_sides_are_named_in_the_language_of_the_script(unroll):
    steps = "  - section: A\n    sides: [right, left]\n    steps: [{say: {en: 'Your {side}.', de: 'Nach {side}.'}}]\n"
    script = unroll(steps, language="de")
    assert outline(script)[::2] == ["Nach rechts.", "Nach links."]
    assert [item.side for item in script.steps] == ["right", "left"]
    own = "  - section: A\n    sides: {en: [right, left], de: [rechtes, linkes]}\n    steps: [{say: {de: 'Dein {side} Knie.'}}]\n"
    assert outline(unroll(own, language="de"))[::2] == ["Dein rechtes Knie.", "Dein linkes Knie."]
    with pytest.raises(
        RoutineError, match=r"the side 'sunny' has no name in 'de'; write .* \[\{en: sunny, de: ...\}, ...\]"
    ):
        unroll("  - section: A\n    sides: [sunny, shady]\n    steps: [{hold: 1m}]\n", language="de")


@pytest.mark.parametrize(
    ("sides", "own", "language", "said"),
    [
        ("[right, left]", "en", "en", ["right", "left"]),
        ("[right, left]", "de", "de", ["rechts", "links"]),
        ("[rechts, links]", "de", "de", ["rechts", "links"]),
        ("[rechts, links]", "de", "es", ["derecha", "izquierda"]),
        ("[right, left, both]", "en", "fr", ["droite", "gauche", "les deux côtés"]),
        ("[First, second]", "en", "it", ["prima", "seconda"]),
        ("[anti-clockwise, clockwise]", "en", "de", ["gegen den Uhrzeigersinn", "im Uhrzeigersinn"]),
        ("[{en: right, de: rechte}, {en: left, de: linke}]", "en", "de", ["rechte", "linke"]),
        ("[{en: right, de: rechte}, {en: left, de: linke}]", "en", "en", ["right", "left"]),
        ("[{en: right, de: rechte}, {en: left, de: linke}]", "en", "pt-BR", ["direita", "esquerda"]),
        ("[{en: right, de: rechte}, left]", "en", "de", ["rechte", "links"]),
        ("{en: [right, left], de: [rechte, linke]}", "en", "de-AT", ["rechte", "linke"]),
        ("{no: [høyre, venstre], en: [right, left]}", "en", "nb", ["høyre", "venstre"]),
        ("[prawa, lewa]", "pl", "pl", ["prawa", "lewa"]),
    ],
)
def test_a_side_is_said_in_the_language_of_the_script(unroll, sides, own, language, said):
    steps = f"  - section: A\n    sides: {sides}\n    steps: [{{say: {{{own}: 'x {{side}}.', {language}: 'x {{side}}.'}}}}]\n"
    if own == language:
        steps = steps.replace(f"{{{own}: 'x {{side}}.', {language}: 'x {{side}}.'}}", "'x {side}.'")
    script = unroll(steps, head=f"language: {own}\n", language=language)
    assert outline(script)[::2] == [f"x {word}." for word in said]


SIDED = (
    "  - section: A\n    sides: {sides}\n    steps:\n"
    "      - say: {{en: 'Your {{side}} foot.', de: {{sides: {{right: Stell den rechten Fuß vor., left: {left}}}}}}}\n"
)


def test_a_sentence_for_each_side_is_taken_for_it(unroll):
    left = "{random: [Stell den linken Fuß vor., Nun den linken.]}"
    for sides in ("[right, left]", "[{en: right, de: rechts}, {en: left, de: links}]"):
        script = unroll(SIDED.format(sides=sides, left=left), language="de")
        right, other = outline(script)[::2]
        assert right == "Stell den rechten Fuß vor."
        assert other in {"Stell den linken Fuß vor.", "Nun den linken."}
        assert outline(unroll(SIDED.format(sides=sides, left=left)))[::2] == ["Your right foot.", "Your left foot."]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            SIDED.format(sides="[right, left, both]", left="Links."),
            "there is no text for the side 'both' here; add 'both: ...'",
        ),
        (
            SIDED.format(sides="[right, front]", left="Links."),
            "the section has no side 'left'; known are: right, front",
        ),
        ("  - say: {sides: {right: a., left: b.}}\n", "'sides' in a text works only inside a section with 'sides'"),
    ],
)
def test_sides_of_a_text_are_those_of_its_section(unroll, steps, message):
    with pytest.raises(RoutineError, match=message):
        unroll(steps, language="de" if "section" in steps else None)


def test_lines_can_be_sentences(unroll):
    steps = "  - say: |\n      Lie down\n      and rest\n"
    assert outline(unroll(steps)) == ["Lie down and rest", 600]
    assert outline(unroll(steps, head="lines: separate\n"))[::2] == ["Lie down", "and rest"]


def test_a_regional_language_takes_the_text_of_its_base(unroll):
    assert outline(unroll("  - say: {en: Hello., de: Hallo.}\n", language="de-AT"))[0] == "Hallo."


def test_random_wordings_are_settled_by_the_seed(unroll):
    steps = "".join("  - say: {random: [a., b., c., d.]}\n" for _ in range(12))
    first = outline(unroll(steps))
    assert outline(unroll(steps)) == first
    assert len(set(first)) > 3
    assert outline(unroll(steps, head="seed: 7\n")) != first


def test_texts_are_as_written_and_know_their_lines(unroll):
    script = unroll("  - say: Feel the PSOAS. Rest.\n  - hold: 1m\n    cues: [{at: half, say: [Soften., Soft.]}]\n")
    assert script.list_texts() == ["Feel the PSOAS.", "Rest.", "Soften.", "Soft."]
    assert {(text, mark.line) for text, mark in script.list_marked_texts()} == {
        ("Feel the PSOAS.", 3), ("Rest.", 3), ("Soften.", 5), ("Soft.", 5),
    }  # fmt: skip


def test_lengths_in_breaths_follow_the_routine_or_the_step(unroll):
    steps = "  - hold: 8 breaths\n  - hold: 8 breaths\n    breath: 5s\n  - pause: 2 breaths\n"
    assert outline(unroll(steps, head="breath: 6s\n")) == [48_000, 40_008, 12_000]


def test_breath_blocks_know_their_phases_and_words(unroll):
    (item,) = unroll("  - breathe: 4-7-8\n    for: 2m\n    words: {in: Breathe in}\n").steps
    block = item.what
    assert [(phase.name, phase.first) for phase in block.phases] == [("in", 4000), ("hold", 7000), ("out", 8000)]
    assert [phase.words[0].text for phase in block.phases] == ["Breathe in", "Hold", "Out"]
    assert (block.least, block.most, float(block.natural)) == (2, 25, pytest.approx(120 / 19))


def test_a_count_aloud_has_a_word_for_each_second(unroll):
    (item,) = unroll("  - breathe: box\n    rounds: 2\n    count: true\n").steps
    assert [word.text for word in item.what.phases[0].words] == ["In", "two", "three", "four"]
    (item,) = unroll("  - breathe: box\n    rounds: 2\n    voiced: 0\n").steps
    assert item.what.phases[0].words == ()


def test_narrators_own_words_in_holds(unroll):
    (item,) = unroll("  - hold: 1m\n    cues: [{at: half}, {at: -10s}, {countdown: 3}]\n").steps
    half, more, down = item.what.cues
    assert half.cues[0].text == "Halfway."
    assert more.cues[0].text == "Ten seconds more."
    assert [word.text for word in down.cues] == ["three", "two", "one"]


def test_an_empty_brief_says_nothing(unroll):
    assert outline(unroll("  - say: A long text.\n    brief: ''\n  - hold: 1m\n", "brief")) == [60_000]


def test_optional_steps_take_their_gaps_with_them(unroll):
    script = unroll("  - say: One.\n  - bell: chime\n    optional: true\n  - say: Two.\n    optional: true\n")
    assert outline(script) == ["One.", ("chime", 1), "Two.", 600]
    assert outline(script.keep([0, 1])) == ["One.", ("chime", 1)]
    assert outline(script.keep([0])) == ["One.", 600]


def test_what_is_filled_into_braces_cannot_break_a_text(unroll):
    with pytest.raises(RoutineError, match="a square bracket is unmatched"):
        unroll("  - section: A\n    sides: ['[', left]\n    steps: [{say: 'The {side}.'}]\n")


def test_a_cue_in_a_hold_has_no_pauses_and_all_faults_are_reported(unroll):
    with pytest.raises(RoutineError) as caught:
        unroll(
            "  - hold: 1m\n    cues:\n      - {at: half, say: 'Rest. [3s] On.'}\n      - {at: 5s, say: 'The {x}.'}\n"
        )
    assert [fault.mark.line for fault in caught.value.faults] == [5, 6]


@pytest.mark.slow
def test_endless_text_is_refused_soon(unroll):
    with pytest.raises(RoutineError, match="over 50,000 sentences"):
        unroll(f"  - repeat: 1000\n    steps: [{{say: '{'Rest. ' * 5000}'}}]\n")
    assert unroll(f"  - say: '{'a. ' * 20_000}'\n").steps


def test_levels_are_settled_by_full_guidance(unroll):
    steps = "  - say: A long text.\n    brief: Short.\n"
    assert {"A long text.", "Short."} == set(unroll(steps, "brief").list_texts())
    assert unroll(steps, "brief").material == unroll(steps) == unroll(steps, "bells").material


@pytest.mark.parametrize(
    "between",
    [
        "{en: Turn., de: Dreh dich.}",
        "{fil: Turn., en: Turn.}",
        "{random: [Turn.]}",
        "{sides: {left: Turn.}}",
        "{say: Turn.}",
    ],
)
def test_what_is_said_between_sides_is_any_text(unroll, between):
    steps = f"  - section: A\n    sides: [right, left]\n    between: {between}\n    steps: [{{say: 'The {{side}}.'}}]\n"
    assert outline(unroll(steps))[2] == "Turn."
