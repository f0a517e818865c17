"""The shapes in which a row of the sign-in log comes: one small adapter each, with two doors.

The narrow and the wide door decode straight from a row's bytes what classification and explanations read, under
Graph's names; `whole` gives the row as Graph JSON. A property test holds the doors of every format equal.
"""
