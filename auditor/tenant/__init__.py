"""The domain: a tenant as the checks see it. Standard library only; no network, no clock, no printing."""
