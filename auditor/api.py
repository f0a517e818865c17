"""What a check may import, and all that it may import: these names keep their meaning from version to version."""

from auditor.check import Check, NotDecided
from auditor.conditional_access.administrators import (
    Holder,
    Holders,
    RoleVerdict,
    account_of,
    anybody_who_holds,
    as_if_active,
    holder_in_words,
    holders,
    objects_by_id,
    surely_held,
    verdict,
)
from auditor.conditional_access.agreement import Agreement, agreement
from auditor.conditional_access.aim import aim
from auditor.conditional_access.board import Board
from auditor.conditional_access.cases import Case, Trait, cases
from auditor.conditional_access.coverage import Coverage, Does, Gap, standing_between
from auditor.conditional_access.decision import Decision, all_of, any_of
from auditor.conditional_access.device_filter import TableRow
from auditor.conditional_access.directory import NEEDED, Directory
from auditor.conditional_access.evaluate import applies, conditions_hold, in_force
from auditor.conditional_access.exclusions import leaving_aside, people_in, seen_from_outside, unread_exclusions
from auditor.conditional_access.exposure import Exposure, exposure
from auditor.conditional_access.frequencies import ROLLING_DAYS, meetings, often
from auditor.conditional_access.lifetimes import AZURE_PORTAL, DEFAULT_APPLICATION, in_words
from auditor.conditional_access.limits import asks_again_within, never_persistent
from auditor.conditional_access.missed import (
    MissedCase,
    MissedExcluded,
    MissedKind,
    Survey,
    missed_cases,
    missed_groups,
    missed_kinds,
    missed_users,
    roles_of,
    survey,
    verdicts_on_roles,
)
from auditor.conditional_access.obstacles import Obstacle, Obstacles, obstacles
from auditor.conditional_access.overlap import Overlap, overlap, overlap_in_browsers
from auditor.conditional_access.people import people
from auditor.conditional_access.persistence import acts
from auditor.conditional_access.prompt_reach import (
    PromptReach,
    decides,
    excluded_people,
    may_decide,
    own_browser_sign_ins,
    prompt_reach,
    reaches_everybody,
    reaches_everybody_but,
)
from auditor.conditional_access.reach import Reach, reach
from auditor.conditional_access.resources import resources
from auditor.conditional_access.roles import ADMIN_ROLES
from auditor.conditional_access.session import INERT, PROBLEMS, problems, sets_persistent_browser
from auditor.conditional_access.session_lifetimes import SessionLifetimes, session_lifetimes
from auditor.conditional_access.supposed import supposed
from auditor.conditional_access.three_values import Applies
from auditor.conditional_access.ways import devices_reached, ways
from auditor.doubt import Doubt, of_those_read, sureness, told
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
from auditor.tenant.circumstances import (
    EXTERNAL,
    INTERNAL_GUEST,
    MEMBER,
    SOMEBODY,
    Circumstances,
    Device,
    Person,
    Target,
    Way,
)
from auditor.tenant.dataset import Collected, Missing, Partial
from auditor.tenant.links import group_link, policy_link, user_link
from auditor.tenant.policy import ALL, GUESTS, NONE, Conditions, Policy, SignInFrequency, persists
from auditor.tenant.records import Attestation, DirectoryObject, LifetimePolicy, PageBranding, PolicyChange, RoleHolding
from auditor.tenant.sign_in_log import Example, Interrupt, InterruptCount, Outcome, Sight, SignInLog
from auditor.tenant.tenant import Tenant

__all__ = [
    "ADMIN_ROLES",
    "ALL",
    "AZURE_PORTAL",
    "DEFAULT_APPLICATION",
    "EXTERNAL",
    "GUESTS",
    "INERT",
    "INTERNAL_GUEST",
    "MEMBER",
    "NEEDED",
    "NONE",
    "PROBLEMS",
    "ROLLING_DAYS",
    "SETTING",
    "SOMEBODY",
    "STALE_DAYS",
    "TELLING",
    "Agreement",
    "Applies",
    "Attestation",
    "Board",
    "Case",
    "Check",
    "Circumstances",
    "Code",
    "Collected",
    "Conditions",
    "Confidence",
    "Coverage",
    "Decision",
    "Device",
    "Directory",
    "DirectoryObject",
    "Does",
    "Doubt",
    "Evidence",
    "Example",
    "Exposure",
    "Finding",
    "Gap",
    "Holder",
    "Holders",
    "Interrupt",
    "InterruptCount",
    "LifetimePolicy",
    "MissedCase",
    "MissedExcluded",
    "MissedKind",
    "Missing",
    "NotDecided",
    "Obstacle",
    "Obstacles",
    "Outcome",
    "Overlap",
    "PageBranding",
    "Partial",
    "Person",
    "Policy",
    "PolicyChange",
    "PromptReach",
    "Reach",
    "RoleHolding",
    "RoleVerdict",
    "SessionLifetimes",
    "SettingEvidence",
    "Severity",
    "Sight",
    "SignInFrequency",
    "SignInLog",
    "StaySignedIn",
    "Subject",
    "Survey",
    "TableRow",
    "Target",
    "Tenant",
    "Trait",
    "Way",
    "account_of",
    "acts",
    "agreement",
    "aim",
    "all_of",
    "any_of",
    "anybody_who_holds",
    "applies",
    "as_if_active",
    "asks_again_within",
    "cases",
    "catalogue",
    "conditions_hold",
    "decides",
    "devices_reached",
    "excluded_people",
    "exposure",
    "group_link",
    "holder_in_words",
    "holders",
    "in_force",
    "in_words",
    "leaving_aside",
    "may_decide",
    "meetings",
    "missed_cases",
    "missed_groups",
    "missed_kinds",
    "missed_users",
    "never_persistent",
    "objects_by_id",
    "obstacles",
    "of_those_read",
    "often",
    "overlap",
    "overlap_in_browsers",
    "own_browser_sign_ins",
    "people",
    "people_in",
    "persists",
    "policy_link",
    "problems",
    "prompt_reach",
    "reach",
    "reaches_everybody",
    "reaches_everybody_but",
    "resources",
    "roles_of",
    "seen_from_outside",
    "session_lifetimes",
    "sets_persistent_browser",
    "setting_evidence",
    "setting_of",
    "standing_between",
    "stay_signed_in",
    "supposed",
    "surely_held",
    "sureness",
    "survey",
    "title",
    "told",
    "unread_exclusions",
    "user_link",
    "verdict",
    "verdicts_on_roles",
    "ways",
]
