"""A tenant in a box: simulated data (`simulation`) and the services that serve it over loopback HTTPS (`service`).

No tenant can be reached from a build machine, and an administrator wants to see the tool before granting it anything.
Nothing here imports the product, so that a mistake in the product cannot hide behind the same mistake in its stand-in.
"""
