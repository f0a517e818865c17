"""The tenant itself as Graph and the sign-in page tell it: organization, branding, and settings for everybody."""

from __future__ import annotations

from auditor.local_tenant.simulation.identity import Json, guid
from auditor.local_tenant.simulation.times import DAY, stamp, stamp_seconds

SETTINGS = ("shown", "hidden", "no key", "no branding")
_PREMIUM = (
    ("AADPremiumService", "41781fb2-bc02-4b7c-bd55-b576c07bb09d"),  # P1
    ("AADPremiumService", "eec0eb4f-6444-4f95-aba0-50c24d67f998"),  # P2
)
_EXCHANGE = ("exchange", "efb87545-963c-4e0d-99df-69c6916d9eb0")


def organization(tenant: str, name: str, initial: str, custom: str, premium: bool, begin: int) -> Json:
    """Graph's organization object; `begin` in ticks is where the log starts."""
    created = stamp_seconds(begin - 900 * DAY)
    plans = [_EXCHANGE, *_PREMIUM] if premium else [_EXCHANGE]
    return {
        "id": tenant,
        "deletedDateTime": None,
        "businessPhones": ["+31 30 000 0000"],
        "city": "Utrecht",
        "country": None,
        "countryLetterCode": "NL",
        "createdDateTime": created,
        "defaultUsageLocation": None,
        "displayName": name,
        "marketingNotificationEmails": [],
        "mobileDeviceManagementAuthority": "intune",
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "partnerTenantType": None,
        "postalCode": "3511 AA",
        "preferredLanguage": "en",
        "privacyProfile": None,
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": "Oudegracht 1",
        "technicalNotificationMails": [f"admin@{custom}"],
        "tenantType": "AAD",
        "assignedPlans": [
            {"assignedDateTime": created, "capabilityStatus": "Enabled", "service": service, "servicePlanId": plan}
            for service, plan in plans
        ],
        "provisionedPlans": [
            {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service} for service, _ in plans
        ],
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": domain == custom,
                "isInitial": domain == initial,
                "name": domain,
                "type": "Managed",
            }
            for domain in (initial, custom)
        ],
    }


def branding(tenant: str, name: str) -> Json:
    """Graph's organizationalBranding of a tenant that has one; it never tells the stay-signed-in setting."""
    cdn = f"{tenant[:8]}-logos/0"
    return {
        "id": "0",
        "backgroundColor": "#1F4E79",
        "backgroundImageRelativeUrl": f"{cdn}/illustration?ts=638000000000000000",
        "bannerLogoRelativeUrl": f"{cdn}/bannerlogo?ts=638000000000000000",
        "cdnList": ["aadcdn.msftauthimages.net", "aadcdn.msauthimages.net"],
        "contentCustomization": {
            "attributeCollectionRelativeUrl": None,
            "registrationCampaignRelativeUrl": None,
            "attributeCollection": [],
            "registrationCampaign": [],
        },
        "customAccountResetCredentialsUrl": None,
        "customCannotAccessYourAccountText": None,
        "customCannotAccessYourAccountUrl": None,
        "customCSSRelativeUrl": None,
        "customForgotMyPasswordText": None,
        "customPrivacyAndCookiesText": None,
        "customPrivacyAndCookiesUrl": None,
        "customResetItNowText": None,
        "customTermsOfUseText": None,
        "customTermsOfUseUrl": None,
        "faviconRelativeUrl": None,
        "headerBackgroundColor": None,
        "headerLogoRelativeUrl": None,
        "loginPageLayoutConfiguration": {
            "layoutTemplateType": "default",
            "isHeaderShown": False,
            "isFooterShown": True,
        },
        "loginPageTextVisibilitySettings": {
            "hideCannotAccessYourAccount": None,
            "hideAccountResetCredentials": False,
            "hideTermsOfUse": False,
            "hidePrivacyAndCookies": False,
            "hideForgotMyPassword": False,
            "hideResetItNow": False,
        },
        "signInPageText": f"Welcome to {name}",
        "squareLogoRelativeUrl": None,
        "squareLogoDarkRelativeUrl": None,
        "usernameHintText": None,
    }


def sign_in_page(name: str, setting: str, localized: bool) -> list[Json]:
    """The sign-in page's tenant branding rows; keys that are not set are left out, as in life.

    The default row has Locale 0, and does not come first where the tenant has another language as well.
    """
    images = "https://aadcdn.msftauthimages.net"
    default: Json = {
        "Locale": 0,
        "BannerLogo": f"{images}/logo/bannerlogo?ts=638000000000000000",
        "Illustration": f"{images}/logo/illustration?ts=638000000000000000",
        "BoilerPlateText": f"<p>Welcome to {name}</p>\n",
        "UseTransparentLightBox": False,
    }
    if setting in ("shown", "hidden"):
        default["KeepMeSignedInDisabled"] = setting == "hidden"
    dutch: Json = {"Locale": 1043, "BoilerPlateText": f"<p>Welkom bij {name}</p>\n", "UseTransparentLightBox": False}
    return [dutch, default] if localized else [default]


def security_defaults(enabled: bool) -> Json:
    """Graph's identitySecurityDefaultsEnforcementPolicy."""
    return {
        "id": "00000000-0000-0000-0000-000000000005",
        "deletedDateTime": None,
        "displayName": "Security Defaults",
        "description": "A set of basic identity security mechanisms recommended by Microsoft.",
        "isEnabled": enabled,
    }


def authentication_methods_policy(begin: int) -> Json:
    """Graph's authenticationMethodsPolicy, with a registration campaign running."""

    def method(name: str, kind: str, state: str, **more: object) -> Json:
        return {"@odata.type": f"#microsoft.graph.{kind}", "id": name, "state": state, "excludeTargets": [], **more}

    everyone = [{"targetType": "group", "id": "all_users", "isRegistrationRequired": False}]
    return {
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed.",
        "lastModifiedDateTime": stamp(begin - 60 * DAY),
        "policyVersion": "1.5",
        "policyMigrationState": "migrationComplete",
        "registrationEnforcement": {
            "authenticationMethodsRegistrationCampaign": {
                "snoozeDurationInDays": 1,
                "enforceRegistrationAfterAllowedSnoozes": True,
                "state": "enabled",
                "excludeTargets": [],
                "includeTargets": [
                    {
                        "id": "all_users",
                        "targetType": "group",
                        "targetedAuthenticationMethod": "microsoftAuthenticator",
                    }
                ],
            }
        },
        "authenticationMethodConfigurations": [
            method(
                "MicrosoftAuthenticator",
                "microsoftAuthenticatorAuthenticationMethodConfiguration",
                "enabled",
                includeTargets=everyone,
                isSoftwareOathEnabled=False,
            ),
            method(
                "Fido2",
                "fido2AuthenticationMethodConfiguration",
                "enabled",
                includeTargets=everyone,
                isSelfServiceRegistrationAllowed=True,
                isAttestationEnforced=False,
            ),
            method("Sms", "smsAuthenticationMethodConfiguration", "disabled", includeTargets=everyone),
        ],
    }


def activity_timeout_policy(seed: int) -> Json:
    """Graph's activityBasedTimeoutPolicy: the tenant's idle sessions end after one hour."""
    definition = (
        '{"ActivityBasedTimeoutPolicy":{"Version":1,"ApplicationPolicies":'
        '[{"ApplicationId":"default","WebSessionIdleTimeout":"01:00:00"}]}}'
    )
    return {
        "id": guid(seed, "activity timeout"),
        "deletedDateTime": None,
        "definition": [definition],
        "displayName": "Idle session timeout",
        "isOrganizationDefault": True,
    }


def token_lifetime_policy(seed: int) -> Json:
    """Graph's tokenLifetimePolicy: access tokens for eight hours, assigned to nothing."""
    return {
        "id": guid(seed, "token lifetime"),
        "deletedDateTime": None,
        "definition": ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"08:00:00"}}'],
        "displayName": "Long access tokens",
        "isOrganizationDefault": False,
    }
