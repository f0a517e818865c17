"""Pseudonyms in the place of names, for outputs that others may see: see `redaction.Redaction`."""
