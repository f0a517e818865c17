from pathlib import Path

import pytest

from auditor.config import Administrators, Collect, Credential, example, load, parse, read_secret
from auditor.errors import ConfigError

TENANT = '[[tenant]]\nid = "contoso.com"\n[tenant.credential]\nclient_id = "c1"\n'


def test_the_smallest_config() -> None:
    config = parse(TENANT, "auditor.toml")
    assert config.tenant[0].id == "contoso.com"
    assert config.collect == Collect()


def test_the_example_holds_every_key_with_its_default() -> None:
    read = parse(example().replace('client_id = ""', 'client_id = "c1"'), "example")
    assert read == parse(TENANT.replace("contoso.com", "contoso.onmicrosoft.com"), "smallest")
    for key in (
        "days",
        "api",
        "sign_in_page",
        "folder",
        "keep",
        "formats",
        "output",
        "fail_on",
        "id",
        "kind",
        "client_id",
    ):
        assert f"\n{key} = " in example()
    for key in (
        "secret_env",
        "secret_file",
        "name",
        "login",
        "graph",
        "ca_file",
        "attested",
        "by",
        "on",
        "break_glass",
        "sign_in_hours",
    ):
        assert f"\n{key} = " in example()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["auditor.toml", "tenant"]),
        ("[[tenant]]\n", ["tenant[0]", "id"]),
        ('[[tenant]]\nid = ""\n', ["tenant[0]", "id is ''"]),
        ('[[tenant]]\nid = "contoso.com/../x"\n', ["tenant[0]", "contoso.com/../x"]),
        ('[[tenant]]\nid = "x"\n', ["tenant[0].credential", "client_id"]),
        (TENANT + "[colect]\n", ["colect", "Did you mean 'collect'?"]),
        (TENANT + "[collect]\nday = 3\n", ["collect.day", "Did you mean 'days'?"]),
        (TENANT + "[collect]\nxyz = 3\n", ["collect.xyz", "Known here: days"]),
        (
            '[[tenant]]\nid = "x"\n[tenant.credential]\nclientid = "c"\n',
            ["tenant[0].credential.clientid", "'client_id'"],
        ),
        (TENANT + '[collect]\ndays = "7"\n', ["collect.days", "expected `int`, got `str`"]),
        (TENANT + "[collect]\ndays = 31\n", ["collect.days", "<= 30"]),
        (TENANT + "[collect]\ndays = 0\n", ["collect.days", ">= 1"]),
        (TENANT + '[collect]\napi = "v2"\n', ["collect.api", "v2"]),
        (TENANT + '[report]\nfail_on = "bad"\n', ["report.fail_on", "bad"]),
        (TENANT + "[collect\n", ["not TOML", "line 5"]),
        (TENANT + '[tenant.cloud]\nname = "custom"\n', ["tenant[0].cloud", "login", "https://"]),
        (TENANT + '[tenant.cloud]\nlogin = "https://x"\n', ["tenant[0].cloud", "custom"]),
        (TENANT + '[tenant.cloud]\nname = "custom"\nlogin = "http://x"\ngraph = "https://y"\n', ["login", "https://"]),
        (TENANT + '[tenant.stay_signed_in]\nattested = "shown"\n', ["stay_signed_in", "by", "on"]),
        (TENANT + '[tenant.stay_signed_in]\nattested = "shown"\nby = "A"\non = "soon"\n', ["stay_signed_in", "date"]),
        (TENANT + "[tenant.administrators]\nsign_in_hours = 0\n", ["administrators.sign_in_hours", ">= 1"]),
        (TENANT + '[tenant.administrators]\nbreak_glass = "a@b.c"\n', ["administrators.break_glass", "expected"]),
        (TENANT + "[tenant.administrators]\nbreakglass = []\n", ["administrators.breakglass", "'break_glass'"]),
        (TENANT + '[tenant.administrators]\nbreak_glass = ["Ada"]\n', ["tenant[0].administrators", "'Ada'"]),
        (TENANT + '[tenant.administrators]\nbreak_glass = ["a/b@c.d"]\n', ["a/b@c.d", "object id"]),
        ("tenant = 5\n", ["tenant", "expected"]),
        ("tenant = [5]\n", ["tenant[0]", "expected"]),
    ],
)
def test_a_config_that_does_not_fit_is_one_clear_line(text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "auditor.toml")
    said = str(caught.value)
    assert "\n" not in caught.value.what
    assert [word for word in ["auditor.toml", *words] if word not in said] == []
    assert caught.value.exit_code == 2


def test_administrators() -> None:
    names = ("a@contoso.onmicrosoft.com", "00000000-AAAA-4000-8000-000000000001", "g_x.org#EXT#@contoso.com")
    listed = ", ".join(f'"{name}"' for name in names)
    text = f"{TENANT}[tenant.administrators]\nbreak_glass = [{listed}]\nsign_in_hours = 8\n"
    assert parse(text, "c").tenant[0].administrators == Administrators(break_glass=names, sign_in_hours=8)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no config file"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_config_as_windows_programs_save_it(tmp_path: Path, encoding: str) -> None:
    text = TENANT.replace("\n", "\r\n") + '[tenant.administrators]\r\nbreak_glass = ["Åsa@contoso.com"]\r\n'
    (tmp_path / "auditor.toml").write_bytes(text.encode(encoding))
    assert load(tmp_path / "auditor.toml").tenant[0].administrators.break_glass == ("Åsa@contoso.com",)


def test_a_config_in_another_encoding_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(TENANT + '[tenant.stay_signed_in]\nby = "Åsa"\n', "latin-1")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "auditor.toml")
    assert caught.value.what == (
        f"{tmp_path / 'auditor.toml'} cannot be read: it is neither UTF-8 nor UTF-16 text. Save it as UTF-8."
    )


ACCEPT = TENANT + '[[accept]]\ncheck = "c"\nsubject = "s"\nreason = "r"\n'


@pytest.mark.parametrize("written", ['"2026-11-30"', "2026-11-30"])
def test_the_end_of_an_acceptance_is_a_day(written: str) -> None:
    assert parse(f"{ACCEPT}until = {written}\n", "c").accept[0].until == "2026-11-30"


@pytest.mark.parametrize(
    "written",
    ["20261130", "2026-W48-1", "2026W481", "2026-11-30T00:00:00Z", " 2026-11-30", "2026-13-01", "2026-11-31",
     "2026-1-3", "30.11.2026", "٢٠٢٦-11-30", "2026-334", "soon"],
)  # fmt: skip
def test_and_is_written_in_one_form(written: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f'{ACCEPT}until = "{written}"\n', "auditor.toml")
    assert caught.value.what.startswith("auditor.toml at accept[0]: until is ")
    assert "YYYY-MM-DD" in caught.value.what
    word = f'{TENANT}[tenant.stay_signed_in]\nattested = "shown"\nby = "A"\non = "{written}"\n'
    with pytest.raises(ConfigError, match="stay_signed_in"):
        parse(word, "auditor.toml")


def test_a_time_of_day_is_no_day() -> None:
    with pytest.raises(ConfigError, match=r"accept\[0\]\.until: expected `str`, got `datetime`"):
        parse(f"{ACCEPT}until = 2026-11-30T08:00:00Z\n", "c")


@pytest.mark.parametrize("key", ["check", "subject", "reason"])
@pytest.mark.parametrize("value", ["", " ", "\\t", "\u00a0"])
def test_an_acceptance_says_of_what_and_why(key: str, value: str) -> None:
    text = TENANT + "[[accept]]\n"
    text += "".join(f'{each} = "{value if each == key else "x"}"\n' for each in ("check", "subject", "reason"))
    with pytest.raises(ConfigError, match=rf"accept\[0\]: {key} is empty"):
        parse(text, "c")


def test_secrets_come_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from file\n")
    monkeypatch.setenv("MY_SECRET", "from environment")
    by_file = Credential(client_id="c", secret_file=str(tmp_path / "secret"), secret_env="MY_SECRET")
    assert read_secret(by_file, "t") == "from file"
    assert read_secret(Credential(client_id="c", secret_env="MY_SECRET"), "t") == "from environment"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_mark_of_an_encoding_is_no_part_of_a_secret(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "secret").write_bytes("s3cret\r\n".encode(encoding))
    assert read_secret(Credential(client_id="c", secret_file=str(tmp_path / "secret")), "t") == "s3cret"


def test_a_secret_in_another_encoding_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes("s3crét".encode("latin-1"))
    with pytest.raises(ConfigError, match="Save it as UTF-8") as caught:
        read_secret(Credential(client_id="c", secret_file=str(tmp_path / "secret")), "t")
    assert "s3cr" not in str(caught.value)


def test_a_secret_that_is_not_there_is_named_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SECRET", raising=False)
    with pytest.raises(ConfigError, match="NO_SECRET holds no client secret"):
        read_secret(Credential(client_id="c", secret_env="NO_SECRET"), "t")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_secret(Credential(client_id="c", secret_file=str(tmp_path / "none")), "t")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigError, match="empty"):
        read_secret(Credential(client_id="c", secret_file=str(tmp_path / "empty")), "t")
