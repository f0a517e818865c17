"""The sign-in log: the catalogue of codes, the narrow record, the rule for attempts, and the engine that runs it."""
