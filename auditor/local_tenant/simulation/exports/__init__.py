"""A simulated tenant's log in the shapes that admins download, and its settings as exporting tools write them.

Every writer takes rows as `Simulation.sign_ins` gives them (beta signIn objects, newest first) and streams: a log of a
million rows costs no memory. Nothing here knows how the product reads: what is written follows Microsoft's pages and
public samples, named in each module, and where they differ the writer has an option.
"""
