from pathlib import Path

import pytest

from auditor.config import Administrators, Collect, Config, Credential, example, load, parse, read_secret
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
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"bad\.toml cannot be read"):
        load(tmp_path / "bad.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_text(TENANT, "utf-8-sig")
    assert isinstance(load(tmp_path / "bom.toml"), Config)


def test_secrets_come_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from file\n")
    monkeypatch.setenv("MY_SECRET", "from environment")
    by_file = Credential(client_id="c", secret_file=str(tmp_path / "secret"), secret_env="MY_SECRET")
    assert read_secret(by_file, "t") == "from file"
    assert read_secret(Credential(client_id="c", secret_env="MY_SECRET"), "t") == "from environment"


def test_a_secret_that_is_not_there_is_named_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SECRET", raising=False)
    with pytest.raises(ConfigError, match="NO_SECRET holds no client secret"):
        read_secret(Credential(client_id="c", secret_env="NO_SECRET"), "t")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_secret(Credential(client_id="c", secret_file=str(tmp_path / "none")), "t")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigError, match="empty"):
        read_secret(Credential(client_id="c", secret_file=str(tmp_path / "empty")), "t")
