"""Collected data on disk: the evidence of a run, the checkpoint it resumes from, and the offline input, all in one."""
