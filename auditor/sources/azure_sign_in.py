"""Signing in through azure-identity: workload identity federation and the Azure CLI.

azure-identity fails in two ways, a refusal and "not available here"; both become one `SignInError`.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from auditor.config import TenantConfig
from auditor.errors import ConfigError
from auditor.sources.clouds import Cloud
from auditor.sources.credentials import Credential, refused
from auditor.sources.patience import Passing

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken


def workload_identity(tenant: TenantConfig, cloud: Cloud) -> Credential:
    """An application that trusts another issuer's tokens (Kubernetes, GitHub, GitLab, ...), by the token in a file."""
    client_id = tenant.credential.client_id or os.environ.get("AZURE_CLIENT_ID", "")
    path = tenant.credential.federated_token_file or os.environ.get("AZURE_FEDERATED_TOKEN_FILE", "")
    if not client_id or not path:
        raise ConfigError(
            f"tenant {tenant.id}: workload identity needs a client id and a federated token file.",
            "Set client_id and federated_token_file, or AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE.",
        )
    if not os.path.isfile(path):
        raise ConfigError(f"tenant {tenant.id}: there is no federated token file {path}.")
    described = f"application {client_id} with the federated token {os.path.basename(path)}"

    @functools.cache
    def credential() -> Any:
        from azure.identity import WorkloadIdentityCredential

        trusted: dict[str, Any] = {"connection_verify": cloud.ca_file} if cloud.ca_file else {}
        return WorkloadIdentityCredential(
            tenant_id=tenant.id,
            client_id=client_id,
            token_file_path=path,
            authority=cloud.login,
            disable_instance_discovery=True,
            **trusted,
        )

    def acquire(scope: str, claims: str | None) -> AccessToken:
        otherwise = "Look the code up with the correlation id."
        return _through_azure(described, lambda: credential().get_token(scope, claims=claims), otherwise)

    return Credential(described, acquire, credential.cache_clear)


def azure_cli(tenant_id: str) -> Credential:
    """Whoever `az login` signed in on this machine."""
    described = "the account of the Azure CLI"

    def acquire(scope: str, claims: str | None) -> AccessToken:
        from azure.identity import AzureCliCredential

        credential = AzureCliCredential(tenant_id=tenant_id)
        if shutil.which("az") is None:
            otherwise = "Install the Azure CLI, or choose another kind of credential."
        else:
            otherwise = f"Run `az login --tenant {tenant_id}` and try again."
        return _through_azure(described, lambda: credential.get_token(scope, claims=claims), otherwise)

    return Credential(described, acquire)


def _through_azure(described: str, ask: Callable[[], AccessToken], otherwise: str) -> AccessToken:
    from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError, ServiceResponseError
    from azure.identity import CredentialUnavailableError

    try:
        return ask()
    except (CredentialUnavailableError, ClientAuthenticationError) as error:
        raise refused(described, str(error.message), otherwise) from None
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Passing(f"the login service could not be reached ({type(error).__name__}); check the network") from None
    except ValueError as error:
        raise refused(described, str(error), otherwise) from None
