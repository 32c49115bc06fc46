"""Versions on their way: what is known of one, written down so that another registry can check it."""
