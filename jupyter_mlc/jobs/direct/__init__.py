"""Cells executed by IPython in a process forked for them, without a kernel."""
