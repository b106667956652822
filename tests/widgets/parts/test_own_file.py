"""A file of one's own: uploaded or read by its path; what fails is a message, and the same file can come again."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from widgets.parts.own_file import name_apart, own_file


class Told:
    """Stands for a board: it keeps what came and what went wrong."""

    def __init__(self, **options):
        self.came, self.wrong = [], []
        given = {"accept": "image/*", "example": "a.png", "take": self.take, "read": self.read}
        self.upload, self.path = own_file(self, "your picture", "Any picture", **given | options)

    def attempt(self, action, *arguments):
        try:
            action(*arguments)
        except ValueError as error:
            self.wrong.append(str(error))

    def take(self, name, content):
        if not content:
            raise ValueError(f"{name} is empty")
        self.came.append((name, content))

    def read(self, path):
        self.came.append(path)


def uploaded(name, content):
    return {"name": name, "type": "", "size": 1, "content": memoryview(content), "last_modified": datetime.now()}


@pytest.fixture
def told():
    return Told()


def test_an_uploaded_file_comes_twice_with_a_short_name(told):
    for _ in range(2):
        told.upload.value = (uploaded("x" * 100 + ".png", b"123"),)
    assert told.came == [("x" * 76 + ".png", b"123")] * 2
    assert told.upload.value == ()


def test_what_fails_is_a_message(told):
    told.upload.value = (uploaded("a.png", b""), uploaded("b.png", b"1"))
    assert told.wrong == ["a.png is empty"]
    assert told.came == [("b.png", b"1")]


def test_files_that_make_one_thing_come_together():
    came = []
    told = Told(together=True, take=came.append)
    told.upload.value = (uploaded("a.png", b"1"), uploaded("a.json", b"2"))
    assert came == [{"a.png": b"1", "a.json": b"2"}]


def test_what_was_uploaded_is_named_apart():
    assert name_apart("a.b.png", {"a.b.png", "a.b (2).png"}.__contains__) == "a.b (3).png"
    assert name_apart("a", set().__contains__) == "a"


def test_a_path_is_read_as_it_was_written_and_nothing_is_no_path(told):
    for path in ("a b.png", " ", ""):
        told.path.value = path
    assert told.came == ["a b.png"]
    assert not told.path.continuous_update


def test_enter_reads_the_same_path_again_and_a_new_one_once(told, monkeypatch):
    monkeypatch.setattr("widgets.parts.own_file.Timer", lambda seconds, act: SimpleNamespace(start=lambda: late(act)))
    waiting = []
    late = waiting.append
    enter = {"event": "submit"}
    told.path.value = "a.png"
    told.path._handle_custom_msg(enter, [])
    waiting.pop()()
    assert told.came == ["a.png"] * 2
    told.path._handle_custom_msg(enter, [])
    told.path.value = "b.png"  # the change comes behind
    waiting.pop()()
    assert told.came == ["a.png", "a.png", "b.png"]


def test_both_have_a_label_and_an_explanation(told):
    for control in (told.upload, told.path):
        assert control.description
        assert control.tooltip
