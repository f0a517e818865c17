"""The services of the local tenant: login, sign-in page, managed identity and Microsoft Graph, over TLS on loopback.

`running(simulation)` serves a simulated tenant and yields a `LocalTenant` that says where and how. Layout: `login`,
`page`, `identity`, `issuer` (another identity provider) and `graph/` each make one application; `tokens`, `clients` and
`clouds` are what login and Graph agree on. Login checks proofs in `assertions` (of `certificates`, or federated) and
lets `people` sign in in `delegated`, which remembers them in `sign_ins`; `proxy` gives it all Microsoft's host names.
`odata` and `paging` are what Graph's collections are made of; `throttle`, `record` and `listener` stand around them.
`preview` is what Graph's beta shows besides.
The applications are put together in `tenant`, which also wraps faults on request around them: `faults` names them,
`fault_injection` does them, with `fault_answers` and `fault_pages`.
"""

from auditor.local_tenant.service.faults import Faults
from auditor.local_tenant.service.preview import Preview
from auditor.local_tenant.service.tenant import LocalTenant, running

__all__ = ["Faults", "LocalTenant", "Preview", "running"]
