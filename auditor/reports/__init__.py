"""A run as text: for people and for machines. Each format is one pure function of a `Run`."""
