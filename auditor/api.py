"""What a check may import, and all that it may import: these names keep their meaning from version to version."""

from auditor.check import Check, NotDecided
from auditor.conditional_access.agreement import Agreement, agreement
from auditor.conditional_access.aim import aim
from auditor.conditional_access.board import Board
from auditor.conditional_access.decision import Decision, all_of, any_of
from auditor.conditional_access.device_filter import TableRow
from auditor.conditional_access.directory import NEEDED, Directory
from auditor.conditional_access.evaluate import applies, conditions_hold, in_force
from auditor.conditional_access.lifetimes import (
    AZURE_PORTAL,
    DEFAULT_APPLICATION,
    idle_timeouts,
    in_words,
    token_lifetimes,
)
from auditor.conditional_access.people import people
from auditor.conditional_access.prompt_reach import (
    PromptReach,
    decides,
    excluded_people,
    own_browser_sign_ins,
    prompt_reach,
    reaches_everybody,
    reaches_everybody_but,
)
from auditor.conditional_access.reach import Reach, reach
from auditor.conditional_access.reduction import SOMEBODY
from auditor.conditional_access.resources import resources
from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.session import INERT, PROBLEMS, problems, sets_persistent_browser
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached, ways
from auditor.finding import Confidence, Evidence, Finding, Severity, Subject
from auditor.run import StaySignedIn
from auditor.sign_ins.catalogue import Code, catalogue, title
from auditor.stay_signed_in import (
    SETTING,
    STALE_DAYS,
    TELLING,
    SettingEvidence,
    setting_evidence,
    setting_of,
    stay_signed_in,
)
from auditor.tenant.circumstances import EXTERNAL, MEMBER, Circumstances, Device, Person, Target, Way
from auditor.tenant.dataset import Collected, Missing, Partial
from auditor.tenant.links import group_link, policy_link, user_link
from auditor.tenant.policy import Conditions, Policy, SignInFrequency, persists
from auditor.tenant.records import Attestation, LifetimePolicy, PageBranding, PolicyChange, RoleHolding
from auditor.tenant.sign_in_log import Example, Interrupt, InterruptCount, Outcome, Sight, SignInLog
from auditor.tenant.tenant import Tenant

__all__ = [
    "ADMIN_ROLES",
    "AZURE_PORTAL",
    "DEFAULT_APPLICATION",
    "EXTERNAL",
    "INERT",
    "MEMBER",
    "NEEDED",
    "PROBLEMS",
    "SETTING",
    "SOMEBODY",
    "STALE_DAYS",
    "TELLING",
    "Agreement",
    "Applies",
    "Attestation",
    "Board",
    "Check",
    "Circumstances",
    "Code",
    "Collected",
    "Conditions",
    "Confidence",
    "Decision",
    "Device",
    "Directory",
    "Evidence",
    "Example",
    "Finding",
    "Interrupt",
    "InterruptCount",
    "LifetimePolicy",
    "Missing",
    "NotDecided",
    "Outcome",
    "PageBranding",
    "Partial",
    "Person",
    "Policy",
    "PolicyChange",
    "PromptReach",
    "Reach",
    "RoleHolding",
    "SettingEvidence",
    "Severity",
    "Sight",
    "SignInFrequency",
    "SignInLog",
    "StaySignedIn",
    "Subject",
    "TableRow",
    "Target",
    "Tenant",
    "Way",
    "agreement",
    "aim",
    "all_of",
    "any_of",
    "applies",
    "catalogue",
    "conditions_hold",
    "decides",
    "devices_reached",
    "excluded_people",
    "group_link",
    "idle_timeouts",
    "in_force",
    "in_words",
    "own_browser_sign_ins",
    "people",
    "persists",
    "policy_link",
    "problems",
    "prompt_reach",
    "reach",
    "reaches_everybody",
    "reaches_everybody_but",
    "resources",
    "sets_persistent_browser",
    "setting_evidence",
    "setting_of",
    "stay_signed_in",
    "title",
    "token_lifetimes",
    "user_link",
    "ways",
]
