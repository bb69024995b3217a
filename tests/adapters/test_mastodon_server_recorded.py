"""The recorded answers are fetched once, and only the archive that we know is taken."""

import pytest

from tests.servers import recorded


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty place to keep the archive, and a pip that brings what the test says."""
    monkeypatch.setattr(recorded, "CACHE", tmp_path)
    monkeypatch.setattr(recorded, "ARCHIVE", tmp_path / "archive.tar.gz")
    brings = []

    def pip(command, *, check):
        assert check
        if not brings:
            raise OSError("no network")
        folder = command[command.index("--dest") + 1]
        (tmp_path / folder / "archive.tar.gz").write_bytes(brings[0])

    monkeypatch.setattr(recorded.subprocess, "run", pip)
    return brings


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_failed_fetch_is_an_error_only_where_ci_says_so(shelf, monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    assert recorded.main() == code
    assert "no network" in capsys.readouterr().err
    assert recorded.needs_recordings().args == (not ci,)


def test_another_archive_is_not_taken(shelf, capsys, monkeypatch):
    monkeypatch.setenv("CI", "true")
    shelf.append(b"something else")
    assert recorded.main() == 1
    assert "its hash differs" in capsys.readouterr().err
    assert not recorded.ARCHIVE.exists()


def test_the_archive_is_fetched_once_and_again_when_it_was_changed(shelf, monkeypatch):
    shelf.append(b"the archive")
    monkeypatch.setattr(recorded, "SHA256", recorded.hashlib.sha256(b"the archive").hexdigest())
    assert recorded.main() == 0
    shelf.clear()  # no network from now on
    assert recorded.main() == 0
    recorded.ARCHIVE.write_bytes(b"half of it")
    shelf.append(b"the archive")
    recorded.fetch()
    assert recorded.ARCHIVE.read_bytes() == b"the archive"
    assert [file.name for file in recorded.CACHE.iterdir()] == ["archive.tar.gz"]
