"""The home folder: its lock, its keys, and where it is."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.failure import CommandError
from services.cli.home import Home, HomeInUseError, HomeKeys, find_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "a home")


class TestFindHome:
    def test_is_what_the_environment_names(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("KATSAUS_HOME", str(tmp_path / "elsewhere"))
        assert find_home().folder == tmp_path / "elsewhere"

    def test_is_in_the_checkout_wherever_the_command_runs(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("KATSAUS_HOME", raising=False)
        monkeypatch.chdir(tmp_path)
        assert find_home().folder == Path(__file__).resolve().parents[2] / ".katsaus"


def test_attachments_are_the_owners_alone(home: Home) -> None:
    home.attachments.mkdir(parents=True)
    home.attachments.chmod(0o755)  # as an earlier version made it
    home.make()
    assert stat.S_IMODE(home.attachments.stat().st_mode) == 0o700


class TestLock:
    def test_second_instance_is_refused_naming_home_and_process(self, home: Home) -> None:
        with home.locked(), pytest.raises(HomeInUseError) as refusal, home.locked():
            pass
        assert str(home.folder) in str(refusal.value)
        assert f"process {os.getpid()}" in str(refusal.value)

    def test_is_free_again_afterwards(self, home: Home) -> None:
        with home.locked():
            pass
        with home.locked():
            pass

    def test_does_not_outlive_a_killed_process(self, home: Home) -> None:
        program = (
            "import os, pathlib, signal, sys; from services.cli.home import Home\n"
            "with Home(pathlib.Path(sys.argv[1])).locked(): os.kill(os.getpid(), signal.SIGKILL)"
        )
        assert subprocess.run([sys.executable, "-c", program, str(home.folder)], check=False).returncode == -9
        with home.locked():
            pass

    def test_home_that_cannot_be_made_is_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(CommandError, match="KATSAUS_HOME"), Home(tmp_path / "file" / "home").locked():
            pass


class TestKeysFile:
    def test_is_readable_by_the_owner_only(self, home: Home) -> None:
        home.make()
        home.write_keys(HomeKeys(operator="katsaus_a_b", service="katsaus_c_d"))
        assert stat.S_IMODE((home.folder / "keys.json").stat().st_mode) == 0o600
        assert home.read_keys() == HomeKeys(operator="katsaus_a_b", service="katsaus_c_d")

    def test_is_missing_at_first(self, home: Home) -> None:
        assert home.read_keys() is None

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"operator": "x"}'])
    def test_damaged_file_counts_as_missing(self, home: Home, content: str) -> None:
        home.make()
        (home.folder / "keys.json").write_text(content)
        assert home.read_keys() is None


class TestPrepared:
    def test_is_known_with_the_data_folder_and_gone_with_it(self, home: Home) -> None:
        home.make()
        assert home.read_prepared() is None
        home.postgres.mkdir()
        home.write_prepared("0042_newest abc")
        assert home.read_prepared() == "0042_newest abc"
        home.postgres.rename(home.folder / "moved away")
        assert home.read_prepared() is None


class TestDatabaseUrl:
    def test_is_shown_while_the_server_runs(self, home: Home) -> None:
        home.make()
        with home.database_url_shown("postgresql:///somewhere"):
            assert home.running_database_url() == "postgresql:///somewhere"
        assert home.running_database_url() is None
