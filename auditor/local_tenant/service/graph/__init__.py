"""Microsoft Graph of the local tenant, v1.0 and beta: one module per area, `application` puts them behind the door."""
