"""Why each interrupt happened: a row, its attempt, the policies as they were -> a cause, its evidence, how sure.

`causes` is the closed list, by code. `explainer` picks the module of a code's family and hands it the `surroundings`
(policies as they were, the setting, what people and applications had registered). Pure: it reads a tenant and nothing
else.
"""
