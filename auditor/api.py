"""What a check may import, and all that it may import: these names keep their meaning from version to version."""

from auditor.check import Check, NotDecided
from auditor.conditional_access.aim import aim
from auditor.conditional_access.evaluate import Applies, Decision, applies
from auditor.conditional_access.session import INERT, PROBLEMS, problems, sets_persistent_browser
from auditor.finding import Confidence, Evidence, Finding, Severity, Subject
from auditor.run import StaySignedIn
from auditor.sign_ins.catalogue import Code, catalogue, title
from auditor.stay_signed_in import stay_signed_in
from auditor.tenant.dataset import Collected, Missing, Partial
from auditor.tenant.policy import Policy
from auditor.tenant.records import Attestation, PageBranding
from auditor.tenant.sign_in_log import Interrupt, InterruptCount, Outcome, SignInLog
from auditor.tenant.tenant import Tenant

__all__ = [
    "INERT",
    "PROBLEMS",
    "Applies",
    "Attestation",
    "Check",
    "Code",
    "Collected",
    "Confidence",
    "Decision",
    "Evidence",
    "Finding",
    "Interrupt",
    "InterruptCount",
    "Missing",
    "NotDecided",
    "Outcome",
    "PageBranding",
    "Partial",
    "Policy",
    "Severity",
    "SignInLog",
    "StaySignedIn",
    "Subject",
    "Tenant",
    "aim",
    "applies",
    "catalogue",
    "problems",
    "sets_persistent_browser",
    "stay_signed_in",
    "title",
]
