"""`narrator cover` writes the picture that tracks have."""

from PIL import Image

ROUTINE = "title: Rest\nsteps: [{say: Rest.}, {hold: 1m}]\n"


def test_a_cover_is_written_as_jpeg_and_png(narrator, write, tmp_path):
    write(ROUTINE, "rest.yaml")
    done = narrator("cover", "rest.yaml")
    assert (done.code, done.out) == (0, "rest.jpg  1400 x 1400\n")
    assert narrator("cover", "rest.yaml", "--output", "art/x.png").code == 0
    first, second = Image.open(tmp_path / "rest.jpg"), Image.open(tmp_path / "art" / "x.png")
    assert (first.format, second.format, first.size, second.size) == ("JPEG", "PNG", (1400, 1400), (1400, 1400))
    assert first.tobytes() == second.tobytes()


def test_a_cover_replaces_nothing_and_needs_a_picture(narrator, write, tmp_path):
    write(ROUTINE, "rest.yaml")
    (tmp_path / "rest.jpg").write_bytes(b"mine")
    done = narrator("cover", "rest.yaml")
    assert done.code == 3
    assert "rest.jpg is there already; choose another name, or have it replaced (--force)" in done.err
    assert (tmp_path / "rest.jpg").read_bytes() == b"mine"
    done = narrator("cover", "rest.yaml", "--output", "x.gif")
    assert (done.code, "use .jpg, .jpeg, .png" in done.err) == (2, True)
    write("title: Rest\ntags: {cover: none}\nsteps: [hold: 1m]\n", "none.yaml")
    done = narrator("cover", "none.yaml")
    assert (done.code, "none.yaml has 'cover: none'" in done.err) == (2, True)
    Image.new("RGB", (20, 10), "red").save(tmp_path / "red.png")
    done = narrator("cover", "none.yaml", "--cover", "red.png")
    assert (done.code, done.out) == (0, "none.jpg  20 x 10\n")
