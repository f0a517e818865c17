"""What Conditional Access policies do to a sign-in."""
