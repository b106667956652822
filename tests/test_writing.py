"""Files are whole or as they were, and nothing is left beside them."""

import pytest

from animkit.writing import replacing


def test_a_file_is_replaced_once_all_is_written(tmp_path):
    path = tmp_path / "tale.json"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["tale.json"]


@pytest.mark.parametrize("failure", [ValueError("half of it"), KeyboardInterrupt()])
def test_who_is_interrupted_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "tale.json"
    path.write_text("old")

    def interrupted():
        with replacing(path) as temporary:
            temporary.write_text("ne")
            raise failure

    with pytest.raises(type(failure)):
        interrupted()
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["tale.json"]


def test_an_unfinished_file_is_not_found_by_its_ending(tmp_path):
    with replacing(tmp_path / "tale.json"):
        assert list(tmp_path.glob("*.json")) == []


def test_a_folder_in_the_way_or_none_at_all_is_named(tmp_path):
    (tmp_path / "tale.json").mkdir()
    with pytest.raises(IsADirectoryError, match=r"cannot write tale.json: a folder in .* has that name"):
        replacing(tmp_path / "tale.json").__enter__()
    with pytest.raises(FileNotFoundError, match=r"cannot write tale.json: the folder .*gone does not exist"):
        replacing(tmp_path / "gone" / "tale.json").__enter__()
