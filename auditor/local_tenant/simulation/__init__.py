"""A deterministic Microsoft Entra tenant made of a seed: its objects as Graph JSON, its sign-in log, and the truth.

Standard library only. What was meant (code, outcome and cause of every interrupt) is drawn first and the rows are
written to show it, so that `Simulation.truth` is never an opinion about the rows.
"""

from auditor.local_tenant.simulation.tenant import Simulation

__all__ = ["Simulation"]
