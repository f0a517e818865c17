"""Where data comes from: signing in, Microsoft Graph, the sign-in page, folders.

The only package that may import msal, azure.*, msgraph, kiota or httpx, and only inside the functions that need them.
"""
