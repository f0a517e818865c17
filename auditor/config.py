"""The config file: frozen records read from TOML. Each key stands here once, with its type, default and sentence;
`config.example.toml` and `auditor config` are printed from this.

A key nobody knows, a value of the wrong type or an unreadable file is a `ConfigError` of one line that names file,
key, what was expected and the nearest spelling. Secrets never stand in the config: it names the environment variable
or the file that holds them.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
import textwrap
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from auditor.encoding import NotText, read_text
from auditor.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the config. Keys are checked by `_check_keys` before values are."""


class Credential(_Table, frozen=True, kw_only=True):
    """How to sign in."""

    kind: Annotated[
        Literal[
            "client-secret",
            "certificate",
            "managed-identity",
            "workload-identity",
            "azure-cli",
            "device-code",
            "browser",
        ],
        Meta(
            description='An app registration by "client-secret" or "certificate"; "managed-identity" (Azure Automation '
            'and other Azure hosts); "workload-identity" (a token of Kubernetes, GitHub, ...); or a person: '
            '"azure-cli" (whoever `az login` signed in), "device-code", "browser".'
        ),
    ] = "client-secret"
    client_id: Annotated[
        str,
        Meta(description="The app registration's client id; for a user-assigned managed identity, its client id."),
    ] = ""
    secret_env: Annotated[
        str,
        Meta(description="The environment variable that holds the client secret, or the certificate's password."),
    ] = "AUDITOR_CLIENT_SECRET"  # noqa: S105 (a variable's name)
    secret_file: Annotated[
        str, Meta(description="A file that holds the same and nothing else; it goes before secret_env.")
    ] = ""
    certificate_file: Annotated[
        str, Meta(description="certificate: a PEM file with key and certificate, or a PFX file (.pfx, .p12).")
    ] = ""
    federated_token_file: Annotated[
        str, Meta(description="workload-identity: the token's file; empty: AZURE_FEDERATED_TOKEN_FILE names it.")
    ] = ""


class Cloud(_Table, frozen=True, kw_only=True):
    """Which Microsoft cloud the tenant lives in."""

    name: Annotated[
        Literal["global", "us-government-l4", "us-government-l5", "china", "custom"],
        Meta(
            description='"global" (GCC, too), "us-government-l4" (GCC High), "us-government-l5" (DoD), "china" '
            '(21Vianet), or "custom" with the two addresses below.'
        ),
    ] = "global"
    login: Annotated[str, Meta(description='custom: the login service, e.g. "https://localhost:8443".')] = ""
    graph: Annotated[str, Meta(description='custom: Microsoft Graph, e.g. "https://localhost:9443".')] = ""
    ca_file: Annotated[
        str, Meta(description="A PEM file of the certificate authorities to trust instead of the usual ones.")
    ] = ""


class StaySignedIn(_Table, frozen=True, kw_only=True):
    """What an admin saw in the portal (Users > User settings), for tenants whose sign-in page does not tell."""

    attested: Annotated[
        Literal["", "shown", "hidden"],
        Meta(description='"shown" or "hidden", as seen at "Show keep user signed in"; empty: nobody looked.'),
    ] = ""
    by: Annotated[str, Meta(description="Who looked.")] = ""
    on: Annotated[str, Meta(description="When: a date (YYYY-MM-DD), such as 2026-11-21.")] = ""


class Administrators(_Table, frozen=True, kw_only=True):
    """What is expected of administrators."""

    break_glass: Annotated[
        tuple[str, ...],
        Meta(
            description="Emergency accounts, by object id or user principal name: their exclusion from policies is "
            "expected, also through a group."
        ),
    ] = ()
    sign_in_hours: Annotated[
        int,
        Meta(
            ge=1,
            description="Administrators must sign in again at least this often; the CIS Microsoft 365 Foundations "
            "Benchmark wants 4 hours or less.",
        ),
    ] = 4


class TenantConfig(_Table, frozen=True, kw_only=True):
    """One tenant to audit; repeat the table for more."""

    id: Annotated[str, Meta(description="The tenant id or one of its domains.")]
    credential: Credential = Credential()
    cloud: Cloud = Cloud()
    stay_signed_in: StaySignedIn = StaySignedIn()
    administrators: Administrators = Administrators()


class Collect(_Table, frozen=True, kw_only=True):
    """What is read."""

    days: Annotated[
        int, Meta(ge=1, le=30, description="How many days of the sign-in log to read, up to now; Entra keeps 7 or 30.")
    ] = 7
    api: Annotated[
        Literal["v1.0", "beta"],
        Meta(description='Which Graph API serves the sign-in log; "beta" carries more evidence and less promise.'),
    ] = "v1.0"
    sign_in_page: Annotated[
        bool,
        Meta(
            description="Whether to ask the public sign-in page for the stay-signed-in setting. It needs no "
            "permission, but Microsoft does not document it."
        ),
    ] = True


class SpoolConfig(_Table, frozen=True, kw_only=True):
    """Where collected data is kept. It is personal data: who signed in where."""

    folder: Annotated[
        str, Meta(description="The folder, for its owner alone. Empty: the user's folder for application data.")
    ] = ""
    keep: Annotated[
        int, Meta(ge=0, description="How many finished collections of a tenant to keep after a run; older ones go.")
    ] = 1


class Report(_Table, frozen=True, kw_only=True):
    """What comes out."""

    formats: Annotated[
        tuple[Literal["table", "html", "markdown", "json", "csv", "sarif", "junit"], ...],
        Meta(
            min_length=1,
            description='"table" for the terminal, "html" for people, "markdown" for tickets; "json", "csv", "sarif" '
            'and "junit" for machines. Several of them, and "csv", need output.',
        ),
    ] = ("table",)
    output: Annotated[
        str,
        Meta(
            description="The file to write one format to, or the folder for several; empty: it is printed. With "
            "--format or --output on the command line this does not count."
        ),
    ] = ""
    fail_on: Annotated[
        Literal["low", "medium", "high", "critical", "never"],
        Meta(description="The least severity of a finding that makes the exit code 11 to 14."),
    ] = "low"


class History(_Table, frozen=True, kw_only=True):
    """Where runs are kept, to compare the next one with. They name people and policies."""

    folder: Annotated[
        str, Meta(description="The folder, for its owner alone. Empty: the user's folder for application data.")
    ] = ""
    keep: Annotated[
        int, Meta(ge=0, description="How many runs of a tenant to keep; older ones go. 0 keeps none and compares none.")
    ] = 30


class Accept(_Table, frozen=True, kw_only=True):
    """Findings that are known and accepted: they stay in the report, counted apart. Repeat the table for more."""

    check: Annotated[str, Meta(description="The check's id, as the report has it.")]
    subject: Annotated[str, Meta(description="The id or the name of what the finding is about.")]
    reason: Annotated[str, Meta(description="Why it is accepted; shown with it.")]
    owner: Annotated[str, Meta(description="Who answers for that.")] = ""
    until: Annotated[
        str,
        Meta(description="The last day on which it holds (YYYY-MM-DD), such as 2027-01-31; empty: for good."),
    ] = ""


class Config(_Table, frozen=True, kw_only=True):
    tenant: tuple[TenantConfig, ...]
    collect: Collect = Collect()
    spool: SpoolConfig = SpoolConfig()
    report: Report = Report()
    history: History = History()
    accept: tuple[Accept, ...] = ()


def load(path: Path) -> Config:
    """The config in the file. ConfigError when it cannot be read or does not fit."""
    try:
        text = read_text(path)
    except FileNotFoundError:
        raise ConfigError(
            f"There is no config file {path}.",
            "Name one with --config, or make one: `auditor config -o auditor.toml`. Without a tenant: `auditor demo`.",
        ) from None
    except (OSError, NotText) as error:
        raise ConfigError(f"{path} cannot be read: {_fault(error)}.") from None
    return parse(text, str(path))


def parse(text: str, source: str) -> Config:
    """The config in `text`; `source` names it in errors."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source} is not TOML: {error}.") from error
    _check_keys(raw, Config, "", source)
    try:
        config = msgspec.convert(_with_dates_as_text(raw), Config)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        key = place.strip("`").removeprefix("$").lstrip(".")
        named = f" at {key}" if key else ""
        raise ConfigError(f"{source}{named}: {_lower_first(message)}.") from error
    if not config.tenant:
        raise ConfigError(f"{source} names no tenant.", 'Add a [[tenant]] table with id = "contoso.onmicrosoft.com".')
    for number, tenant in enumerate(config.tenant):
        _check_tenant(tenant, f"{source} at tenant[{number}]")
    for number, accepted in enumerate(config.accept):
        _check_acceptance(accepted, f"{source} at accept[{number}]")
    return config


def _with_dates_as_text(value: Any) -> Any:
    """TOML has dates of its own, written without quotes: the same day, and the same text."""
    if isinstance(value, dict):
        return {key: _with_dates_as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_dates_as_text(each) for each in value]
    return value.isoformat() if type(value) is date else value


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _check_keys(table: dict[str, Any], record: type[msgspec.Struct], place: str, source: str) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            meant = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(fields)}."
            raise ConfigError(f"{source}: there is no key {place}{key}.", meant)
        inner = _record_of(fields[key].type)
        if inner is None:
            continue
        tables = value if isinstance(value, list) else [value]
        for number, each in enumerate(tables):
            if isinstance(each, dict):
                index = f"[{number}]" if isinstance(value, list) else ""
                _check_keys(each, inner, f"{place}{key}{index}.", source)


def _record_of(kind: Any) -> type[msgspec.Struct] | None:
    """The record behind a field that is a table, or an array of tables; None for plain values."""
    candidates = (kind, *getattr(kind, "__args__", ()))
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, _Table)), None)


# An object id or a user principal name, guests' (who_example.com#EXT#@contoso.onmicrosoft.com) among them.
_ACCOUNT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[^\s/\\@]+@[A-Za-z0-9.-]+")
_NEED_CLIENT_ID = ("client-secret", "certificate", "device-code", "browser")


def _check_tenant(tenant: TenantConfig, where: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", tenant.id, re.ASCII):
        raise ConfigError(f"{where}: id is {tenant.id!r}.", "Give the tenant id or one of its domains.")
    credential = tenant.credential
    if credential.kind in _NEED_CLIENT_ID and not credential.client_id:
        raise ConfigError(f"{where}.credential: client_id is missing, and {credential.kind} needs it.")
    if credential.kind == "certificate" and not credential.certificate_file:
        raise ConfigError(f"{where}.credential: certificate_file is missing.")
    for key, address in (("login", tenant.cloud.login), ("graph", tenant.cloud.graph)):
        if tenant.cloud.name == "custom" and not address.startswith("https://"):
            raise ConfigError(f"{where}.cloud: {key} must be an https:// address for a custom cloud.")
        if tenant.cloud.name != "custom" and address:
            raise ConfigError(f'{where}.cloud: {key} is only for name = "custom".')
    said = tenant.stay_signed_in
    if said.attested and not (said.by.strip() and _is_date(said.on)):
        raise ConfigError(
            f"{where}.stay_signed_in: an attestation needs `by` (who looked) and `on` (a date such as 2026-11-21)."
        )
    for name in tenant.administrators.break_glass:
        if not _ACCOUNT.fullmatch(name):
            raise ConfigError(
                f"{where}.administrators: break_glass holds {name!r}, no object id and no user principal name.",
                "Name accounts as admin@contoso.onmicrosoft.com, or by object id.",
            )


def _check_acceptance(accepted: Accept, where: str) -> None:
    for key in ("check", "subject", "reason"):
        if not getattr(accepted, key).strip():
            raise ConfigError(f"{where}: {key} is empty.", "An acceptance says which finding it is about, and why.")
    if accepted.until and not _is_date(accepted.until):
        raise ConfigError(
            f"{where}: until is {accepted.until!r}, no date of the form YYYY-MM-DD.", "Give one such as 2027-01-31."
        )


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_date(text: str) -> bool:
    """Python takes more forms for a date, and each version others."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_secret(credential: Credential, where: str) -> str:
    """The client secret from its file or environment variable. The error names the place, never the content."""
    secret = _optional_secret(credential, where)
    if not secret:
        raise ConfigError(
            f"{where}: the environment variable {credential.secret_env} holds no client secret.",
            "Set it, or name a file with secret_file.",
        )
    return secret


def read_certificate(credential: Credential, where: str) -> tuple[Path, bytes, str]:
    """The certificate's file, its content, and its password ("" without one)."""
    path = Path(credential.certificate_file).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{where}: the certificate file {path} cannot be read: {error.strerror}.") from None
    return path, content, _optional_secret(credential, where)


def _fault(error: OSError | NotText) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _optional_secret(credential: Credential, where: str) -> str:
    if not credential.secret_file:
        return os.environ.get(credential.secret_env, "").strip()
    path = Path(credential.secret_file).expanduser()
    try:
        secret = read_text(path).strip()
    except (OSError, NotText) as error:
        raise ConfigError(f"{where}: the secret file {path} cannot be read: {_fault(error)}.") from None
    if not secret:
        raise ConfigError(f"{where}: the secret file {path} is empty.")
    return secret


def example() -> str:
    """The text of config.example.toml: every key with its default and its sentence."""
    lines = [
        "# The config of auditor: every key, with its default and what it does.",
        "# Printed by `auditor config`. Only [[tenant]] and its id are required.",
    ]
    tables: tuple[tuple[str, type[_Table]], ...] = (
        ("[collect]", Collect),
        ("[spool]", SpoolConfig),
        ("[report]", Report),
        ("[history]", History),
        ("[[tenant]]", TenantConfig),
        ("[tenant.credential]", Credential),
        ("[tenant.cloud]", Cloud),
        ("[tenant.stay_signed_in]", StaySignedIn),
        ("[tenant.administrators]", Administrators),
    )
    for heading, record in tables:
        lines += _example_table(heading, record)
    blank, *accept = _example_table("[[accept]]", Accept)
    # Commented out: it would be taken for a rule.
    lines += [blank, *(line if line.startswith("#") else f"# {line}" for line in accept)]
    return "\n".join(lines) + "\n"


# What the example says where there is no default.
_EXAMPLES = {
    "id": "contoso.onmicrosoft.com",
    "check": "persistent-browser-always",
    "subject": "Meeting rooms stay signed in",
    "reason": "The devices stand in locked rooms.",
}


def _example_table(heading: str, record: type[_Table]) -> list[str]:
    lines = ["", f"# {(record.__doc__ or '').strip()}", heading]
    described = msgspec.inspect.type_info(record)
    assert isinstance(described, msgspec.inspect.StructType)
    for field in described.fields:
        if not isinstance(field.type, msgspec.inspect.Metadata):
            continue  # a table of its own, printed under its own heading
        sentence = (field.type.extra_json_schema or {})["description"]
        default = _EXAMPLES[field.name] if field.required else field.default
        lines += textwrap.wrap(sentence, 100, initial_indent="# ", subsequent_indent="# ")
        lines.append(f"{field.name} = {msgspec.json.encode(default).decode()}")
    return lines
