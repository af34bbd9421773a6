"""Sketches: where a session is silent, the same at every length, with any guidance and voice."""

from dataclasses import replace

import pytest

from asking import change_request, make_request
from narrator.cache import Cache
from narrator.routine import list_builtins
from narrator.script import Picture, Sketch, sketch_cues
from narrator.script.cover import PARTS
from narrator.script.sketch import make_look, make_sketch
from narrator.script.sounds import Bell, Speech
from narrator.session import make_session, read_draft


def find_cover(path, **options):
    return read_draft(make_request(path, str(path), voice="silent", **options)).heading.cover


def test_an_arc_shows_speech_and_silence():
    sketch = make_sketch("x", 96_000, [(0, 24_000), (48_500, 49_000)], [0, 47_900, 95_999, 200_000], [24_000])
    assert sketch.arc == "0" * 24 + "9" * 24 + "5" + "9" * 47
    assert sketch.bells == (0, 47, 95)
    assert sketch.sections == (24,)


def test_cues_at_fixed_times_are_sketched():
    words = Speech("x" * 100)
    sketch = sketch_cues("x", 96_000, [(0, words), (50_000, Bell("bowl", 2, 10_000))], [1000])
    assert sketch.arc.startswith("000000")
    assert sketch.arc.endswith("9" * 80)
    assert (sketch.bells, sketch.sections) == ((50, 60), (1,))
    assert sketch_cues("x", 0, []).arc == "9" * PARTS


def test_a_routine_has_one_sketch(write):
    path = list_builtins()["ten-minute-hips"]
    sketch = find_cover(path)
    assert isinstance(sketch, Sketch)
    assert len(sketch.arc) == PARTS
    assert len(sketch.sections) > 3
    for options in ({"length": 1_800_000}, {"guidance": "brief"}, {"guidance": "bells"}, {"bed": False}):
        assert find_cover(path, **options) == sketch
    assert find_cover(path, language="de").look == sketch.look


def test_extra_material_is_not_in_a_sketch(write):
    text = "title: x\nlength: 10m\nsteps:\n  - say: Rest.\n  - hold: 1m\n{}"
    plain = find_cover(write(text.format("")))
    more = "  - {say: A long text, extra: true}\n  - {hold: 5m, extra: 2}\n  - {bell: bowl, from: 20m}\n"
    assert find_cover(write(text.format(more))) == plain
    assert find_cover(write(text.format("  - bell: bowl\n"))) != plain


def test_the_title_decides_the_look(write):
    looks = {find_cover(write(f"title: {title}\nsteps: [hold: 1m]\n")).look for title in ("A", "B", "C")}
    assert looks == {make_look(title) for title in "ABC"}
    titles = "title: {en: Rest, de: Ruhe}\nsteps: [say: {en: Rest., de: Ruh.}]\n"
    assert find_cover(write(titles)).look == find_cover(write(titles), language="de").look == make_look("Rest")


def test_tags_and_options_choose_the_cover(write, tmp_path):
    routine = "title: x\ntags: {{cover: {}}}\nsteps: [hold: 1m]\n"
    (tmp_path / "x.png").write_bytes(b"a picture")
    assert find_cover(write(routine.format("none"))) is None
    path = write(routine.format("x.png"))
    given = find_cover(path)
    assert isinstance(given, Picture)
    assert find_cover(path, cover="none") is None
    assert find_cover(write("title: x\nsteps: [hold: 1m]\n"), cover=str(tmp_path / "x.png")) == given


def test_timed_text_has_a_sketch(write):
    sketch = find_cover(
        write("1\n00:00:01,000 --> 00:00:03,000\nRest.\n\n2\n00:01:00,000 --> 00:01:05,000\nUp.\n", "a.srt")
    )
    assert sketch.arc.count("9") > 80


def test_a_script_file_keeps_the_sketch_of_its_routine(write, tmp_path):
    path = write(
        "title: Rest\nsteps:\n  - bell: bowl\n  - section: A\n    steps: [{say: Rest now.}, {hold: 10s..5m}]\n"
    )
    request = make_request(path, str(path), voice="silent")
    session = make_session(change_request(request, length=240_000), Cache(tmp_path / "cache"))
    assert session.timeline.length == 240_000
    text = session.format_script((tmp_path,))
    assert find_cover(write(text, "script.yaml")) == session.heading.cover == find_cover(path)
    # Without it, the cues are sketched.
    lines = [line for line in text.splitlines() if not line.startswith("sketch:")]
    other = find_cover(write("\n".join(lines), "script.yaml"))
    assert other.look == session.heading.cover.look
    assert other != replace(session.heading.cover)


@pytest.mark.parametrize("sketch", ["{look: -1, arc: x}", "{look: 1, arc: '0'}", "{look: 1}", "3"])
def test_a_sketch_that_is_not_valid_is_a_fault(write, sketch):
    from narrator.errors import RoutineError

    path = write(f"narrator_script: 1\ntitle: x\nsketch: {sketch}\nlength: 1m\ncues: []\n")
    with pytest.raises(RoutineError, match=r"routine[.]yaml:3"):
        find_cover(path)
