"""The one list of timed lines: in order, long enough to read, and at the time of the sound."""

from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.captions.captions import BELL, SHORTEST, clean_text, list_captions
from narrator.captions.content import find_no_pauses
from narrator.captions.within import find_times
from narrator.script import Bell, Breath, Speech
from narrator.units import TICK
from timelines import make_timeline, say

LONG = "Let your weight go to the right, and your right hand drift past your face, palm toward you, while your left hand drifts low."


def show(timeline, language="en", pauses=find_no_pauses, **options):
    return [(each.start, each.end, each.text) for each in list_captions(timeline, language, pauses, **options)]


@settings(max_examples=30)
@given(
    texts=st.lists(st.text("abc ,.", min_size=1, max_size=250), max_size=8),
    gaps=st.lists(st.integers(1, 90), min_size=8, max_size=8),
    takes=st.integers(1, 400),
    bells=st.booleans(),
    words=st.integers(0, 4),
)
def test_captions_are_in_order_apart_and_long_enough(texts, gaps, takes, bells, words):
    now, cues = 0, []
    for text, gap in zip(texts, gaps, strict=False):
        now += gap * TICK
        cues.append((now, say(text)))
        now += takes * TICK
    cues += [(now + TICK, Breath("in", 4008, tuple(map(say, "abcd"[:words])))), (now + 4200, Bell("bowl", 3, 504))]
    timeline = make_timeline(*cues, length=now + 6000, takes=takes * TICK)
    captions = list_captions(timeline, "en", find_no_pauses, bells=bells)
    wanted = " ".join([*texts, *"abcd"[:words]]).split()
    assert [word for each in captions for word in each.text.split() if word != BELL] == wanted
    assert sum(each.text == BELL for each in captions) == 3 * bells
    starts = [each.start for each in captions]
    assert starts == sorted(set(starts))
    for each, following in zip(captions, [*captions[1:], None], strict=False):
        limit = following.start if following else timeline.length
        assert each.end <= limit
        assert each.end - each.start >= min(SHORTEST, limit - each.start) > 0
        assert 1 <= len(each.lines) <= 2
        assert max(map(len, each.lines)) <= 42 or " " not in max(each.lines, key=len)
        assert " ".join(each.lines) == each.text
    spoken = {start for start, cue in cues if isinstance(cue, Speech) and cue.text.strip()}
    assert spoken <= set(starts)


def test_a_caption_stays_until_its_sound_is_over_and_for_a_while_at_least():
    timeline = make_timeline((504, say("Now.")), (9000, say("Rest.")), (9600, say("On.")), length=10_008)
    assert show(timeline) == [(504, 1704, "Now."), (9000, 9600, "Rest."), (9600, 10_008, "On.")]


def test_words_of_a_breath_are_at_their_seconds():
    timeline = make_timeline((504, Breath("in", 3000, (say("In"), say("two"), say("three")))))
    assert show(timeline) == [(504, 1512, "In"), (1512, 2496, "two"), (2496, 3696, "three")]


def test_strokes_of_bells_are_shown_where_that_is_wanted():
    timeline = make_timeline((504, Bell("bowl", 2, 3000)), (6000, say("Rest.")))
    assert show(timeline) == [(6000, 7200, "Rest.")]
    assert show(timeline, bells=True) == [(504, 1704, BELL), (3504, 4704, BELL), (6000, 7200, "Rest.")]


def test_a_bell_while_words_are_said_is_shown_before_them():
    timeline = make_timeline(
        (504, say("One.")), (504, Bell("bowl")), (3000, say("Two.")), (3240, Bell("bowl")), (9000, say(" "))
    )
    assert show(timeline, bells=True) == [(504, 1704, "[bell] One."), (3000, 4200, "[bell] Two.")]


def test_a_sentence_in_several_captions_goes_on_after_a_pause():
    pauses = [(692, 812), (1640, 2072), (3404, 3464), (4548, 4852), (6004, 6500)]
    timeline = make_timeline((1008, say(LONG)), takes=8544)
    parts = [
        "Let your weight go to the right, and your right hand drift past your face,",
        "palm toward you, while your left hand drifts low.",
    ]
    shown = list_captions(timeline, "en", lambda text: pauses if text == LONG else [])
    assert [(each.start, each.end, each.text) for each in shown] == [(1008, 5860, parts[0]), (5860, 9552, parts[1])]
    assert [each.lines[0] for each in shown] == ["Let your weight go to the right,", "palm toward you,"]
    # A voice that does not pause says about as many letters in any time.
    (_, middle, _), (again, _, _) = show(timeline)
    assert middle == again
    assert abs(middle - 5860) < 400


def test_pauses_are_taken_for_the_clauses_that_they_are_near_to():
    text = "Now, breathe in, and let the air come down to your belly, and out."
    places = [text.index(word) for word in ("breathe", "and let", "and out")]
    assert find_times(text, places, 6000, [(300, 500), (1400, 1600), (4700, 5000)]) == [500, 1600, 5000]
    # Here it runs on after the first word, and pauses for a moment before a consonant.
    first, second, third = find_times(text, places, 6000, [(1400, 1600), (4700, 5000)])
    assert (second, third) == (1600, 5000)
    assert 0 < first < 1600
    # A pause that is far from any clause does not count.
    assert find_times("One two three four, five.", [20], 6000, [(100, 300)])[0] > 3000


def test_a_caption_is_one_line_of_what_can_be_shown():
    assert clean_text(" One\ttwo\r\nthree\x00four \ufeff ") == "One two three four"
