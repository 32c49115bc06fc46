"""The notebook: its file, the cells that ran, what they bind and use, and where the two no longer agree."""
