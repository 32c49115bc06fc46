"""What a warm process says first to whoever connects."""

from __future__ import annotations

STALE, FRESH = b"stale", b"fresh"
"""a file that it loaded has changed since; it is as good as a new one"""
