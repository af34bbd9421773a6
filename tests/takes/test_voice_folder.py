"""A voice's folder is changed entry by entry, and nothing that a person made is lost."""

import numpy as np
import pytest

from narrator.errors import OutsideError
from narrator.speech.takes.manifest import read_manifest
from narrator.takes.cutting import Cut, Piece
from narrator.takes.voice_folder import change_entries, write_cut
from recordings import write_wav

WANTED = {1: "Breathe in.", 2: "Let it sink: slowly, “now”.", 3: "Rest."}
TAKE = "take.wav"


@pytest.fixture
def take(tmp_path):
    """Three seconds, each with a tone of its own."""
    time = np.arange(48_000 * 3) / 48_000
    write_wav(tmp_path / TAKE, 0.2 * np.sin(2 * np.pi * (200 + 100 * time.astype(int)) * time))
    return tmp_path / TAKE


def make_cut(take, *pieces, missing=()):
    found = {number: Piece(number, take, start, start + 500, why) for number, start, why in pieces}
    return Cut(found, (), missing)


def test_pieces_become_files_and_entries(take, tmp_path):
    folder = tmp_path / "anna"
    done = write_cut(folder, make_cut(take, (1, 250, ""), (2, 1250, "why"), missing=(3,)), WANTED, {"language": "en"})
    manifest = read_manifest(folder)
    assert done.new == [1, 2]
    assert [(entry.sentence, entry.state) for entry in manifest.file.sentences] == [
        (WANTED[1], "good"),
        (WANTED[2], "doubtful"),
        (WANTED[3], "missing"),
    ]
    assert (manifest.file.language, manifest.file.sentences[1].at) == ("en", 1250)
    assert sorted(path.name for path in folder.glob("*.wav")) == [
        "001-breathe-in.wav",
        "002-let-it-sink-slowly-now.wav",
    ]


def test_the_same_take_changes_nothing(take, tmp_path):
    folder, cut = tmp_path / "anna", make_cut(take, (1, 250, ""), (2, 1250, "why"))
    write_cut(folder, cut, WANTED, {"language": "en"})
    edited = (folder / "voice.yaml").read_text().replace("doubtful", "good   # I listened")
    (folder / "voice.yaml").write_text(edited)
    done = write_cut(folder, cut, WANTED, {})
    assert (done.new, set(done.kept.values())) == ([], {"cut before"})
    assert (folder / "voice.yaml").read_text() == edited


def test_a_new_take_replaces_only_its_sentences_and_keeps_what_is_written_by_hand(take, tmp_path):
    folder = tmp_path / "anna"
    write_cut(folder, make_cut(take, (1, 250, ""), (2, 1250, "")), WANTED, {"language": "en"})
    path = folder / "voice.yaml"
    path.write_text(
        "# mine\nspeaker: Anna   # who else\n"
        + path.read_text().replace("    state: good\n", "    state: good\n    # softer\n    notes: from May\n", 1)
    )
    before = {each.name: each.read_bytes() for each in folder.glob("*.wav")}
    other = tmp_path / "again.wav"
    other.write_bytes(take.read_bytes())
    done = write_cut(folder, make_cut(other, (1, 2250, ""), missing=(2, 3)), WANTED, {})
    text, manifest = path.read_text(), read_manifest(folder)
    assert (done.new, done.kept) == ([1], {2: "recorded before"})
    assert text.startswith("# mine\nspeaker: Anna   # who else\n")
    assert "# softer" in text
    assert (manifest.entries["breathe in"].take, manifest.entries["breathe in"].notes) == ("again.wav", "from May")
    after = {each.name: each.read_bytes() for each in folder.glob("*.wav")}
    assert [name for name in before if before[name] != after[name]] == ["001-breathe-in.wav"]
    assert manifest.entries["rest"].state == "missing"


def test_a_file_that_was_edited_and_an_entry_made_by_hand_are_kept(take, tmp_path):
    folder = tmp_path / "anna"
    write_cut(folder, make_cut(take, (1, 250, ""), (2, 1250, "")), WANTED, {"language": "en"})
    write_wav(folder / "001-breathe-in.wav", np.ones(4800) * 0.1)
    mine = (folder / "001-breathe-in.wav").read_bytes()
    with (folder / "voice.yaml").open("a") as file:
        file.write("  - {sentence: Rest., file: mine.wav}\n")
    other = tmp_path / "again.wav"
    other.write_bytes(take.read_bytes())
    cut = make_cut(other, (1, 2250, ""), (3, 250, ""))
    done = write_cut(folder, cut, WANTED, {})
    assert set(done.kept.values()) == {"not cut by narrator, or changed since"}
    assert write_cut(folder, cut, WANTED, {}, force=True).new == [3, 1]
    assert (folder / "001-breathe-in.wav").read_bytes() == mine
    assert read_manifest(folder).entries["breathe in"].file == "001-breathe-in-2.wav"


def test_a_doubtful_recording_does_not_replace_a_good_one(take, tmp_path):
    folder = tmp_path / "anna"
    write_cut(folder, make_cut(take, (1, 250, "")), WANTED, {"language": "en"})
    other = tmp_path / "again.wav"
    other.write_bytes(take.read_bytes())
    assert write_cut(folder, make_cut(other, (1, 1250, "why")), WANTED, {}).kept == {
        1: "the recording before is better"
    }


@pytest.mark.parametrize(
    "text",
    [
        "sentences:\n- sentence: Rest.\n  file: a.wav\n- sentence: Other.\n  file: b.wav\nnotes: after\n",
        "sentences:\n    -   sentence: >\n          Rest.\n        file: a.wav   # here\n    - {sentence: Other., file: b.wav}\n",
        'sentences:\n\n  # first\n  - file: a.wav\n    sentence: "rest!"\n\n  # second\n  - sentence: Other.\n    file: b.wav',
        "sentences: []\n",
        "",
    ],
)
def test_manifests_are_changed_however_they_are_written(text):
    new = {"rest": {"sentence": "Rest.", "file": "c.wav", "state": "doubtful"}}
    new |= {"more": {"sentence": "More: #1 - “yes”", "file": "0.wav"}}
    if "[]" in text:
        with pytest.raises(OutsideError, match="on lines of its own"):
            change_entries(text, "voice.yaml", {"rest": new["rest"]})
        return
    changed = change_entries(text, "voice.yaml", {"rest": new["rest"], "more: #1 - yes": new["more"]})
    assert "c.wav" in changed
    assert "a.wav" not in changed
    for kept in ("Other.", "b.wav", "# first", "# second", "notes: after"):
        assert (kept in text) == (kept in changed)
