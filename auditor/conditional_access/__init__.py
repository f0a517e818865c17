"""What Conditional Access policies do to a sign-in, with three values: applies, does not, not known.

One policy and one sign-in: `evaluate` asks `people`, `resources` and `ways` (with `device_filter`), which ask the
`directory` and answer with a `decision`. Read these first; everything else stands on them.

Many policies and a whole log: `reduction` makes sign-ins alike that no policy can tell apart, `board` judges each part
once, `reach` and `agreement` count.

Policies without a log: `overlap` (over `classes` and `guesses`) says whether two can meet, `coverage` (over `cases` and
a `supposed` directory) what several leave out together, `missed` whom, `exclusions` what an exclusion does, one of a
group that was not read among them.

What it means for browser sessions: `session` and `obstacles` look at one policy's control, `exposure` and `let_in` at
whom and which devices it reaches, `persistence` and `prompt_reach` at what all of them do to the prompt, `limits`,
`frequencies`, `lifetimes` and `session_lifetimes` at how long sessions last, `administrators` at those of `roles`.
"""
