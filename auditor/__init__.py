"""auditor: a read-only auditor of Microsoft Entra ID tenants.

Importing this package does no work and loads nothing: `auditor --help` must be instant, and heavy libraries
(msal, msgraph, azure-identity) are imported inside the functions that need them.
"""
