import json

from auditor.examination import CheckExamined, DatasetExamined, Examination, SignedIn
from auditor.reports.doctor import as_json, as_table

WHO = SignedIn("application", "Tenant auditor", "app-1", "tenant-1", ("AuditLog.Read.All",))
HALF = Examination(
    tenant="contoso.com",
    credential="application app-1 with a client secret",
    signed_in=WHO,
    datasets=(
        DatasetExamined("sign_ins", "sign-in log", True),
        DatasetExamined("policies", "Conditional Access policies", False, "Graph answered 403 \x1b[31m.", "Grant it."),
    ),
    checks=(
        CheckExamined("interrupts", "runs"),
        CheckExamined("persistent-browser-gaps", "cannot run", ("policies",), ("Grant it.",)),
    ),
)
OUT = Examination("fabrikam.com", "application app-2 with a client secret", None, "It was refused.", "Ask again.")


def test_a_table() -> None:
    text = as_table([HALF, OUT], width=80)
    flat = " ".join(text.split())
    assert "as the application Tenant auditor (app-1) in tenant tenant-1" in flat
    assert "The token may: AuditLog.Read.All." in flat
    assert "cannot run" in flat
    assert "Grant it." in flat
    assert "Not signed in. It was refused. Ask again." in flat
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_json() -> None:
    told = json.loads(as_json([HALF, OUT]))
    assert told["schema"] == "auditor/doctor/v1"
    assert [tenant["well"] for tenant in told["tenants"]] == [False, False]
    assert told["tenants"][0]["checks"][1]["verdict"] == "cannot run"
    assert told["tenants"][1]["signed_in"] is None
