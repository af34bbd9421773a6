import pytest

from narrator.errors import RoutineError
from narrator.routine import load_routine
from narrator.script import Bell, Silence, Speech, write_script


@pytest.fixture
def unroll(write):
    return lambda steps, guidance="full": write_script(load_routine(write(f"title: x\nsteps:\n{steps}"), "f"), guidance)


def outline(script):
    """Texts, bells, and lengths of silence in ms, the lead left out."""
    found = []
    for item in script.items[1:]:
        match item.what:
            case Speech(text):
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
    assert holds[0].unknown == holds[1].unknown


def test_brief_guidance_says_the_brief_words_at_once(unroll):
    assert outline(unroll("  - say: A long text.\n    brief: Short.\n", "brief")) == ["Short.", 600]


def test_one_side_has_no_other(unroll):
    with pytest.raises(RoutineError, match=r"f:6:14: error: \{other_side\} has no meaning here"):
        unroll("  - section: A\n    sides: [right, left, middle]\n    steps:\n      - say: The {other_side}.\n")


def test_an_unknown_word_in_braces_is_told_with_its_place(unroll):
    with pytest.raises(RoutineError) as caught:
        unroll("  - say: The {side}.\n  - hold: 1m\n    cues: [{at: half, say: 'The {sied}.'}]\n")
    assert [fault.mark.line for fault in caught.value.faults] == [3, 5]


def test_too_many_steps_are_refused(unroll):
    deep = "  - section: A\n    sides: [a, b, c, d, e, f, g, h]\n    steps:\n"
    for level in range(1, 5):
        indent = "    " * level
        deep += f"{indent}  - section: A\n{indent}    sides: [a, b, c, d, e, f, g, h]\n{indent}    steps:\n"
    with pytest.raises(RoutineError, match="over 10,000 steps once sides are unrolled"):
        unroll(deep + "    " * 5 + "  - say: x\n")
