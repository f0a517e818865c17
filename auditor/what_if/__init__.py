"""What would come of a change: hide the prompt, put a policy in, disable one.

`change` reads what is thought of, `rules` are those of one day, `prompts`, `sign_ins` and `findings` compare today with
tomorrow, `work_out` puts them together into `consequences`, which reports read. Nothing is written to a tenant.
"""
