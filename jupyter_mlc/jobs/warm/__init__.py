"""Processes that wait, with heavy imports loaded, to be forked for a job."""
