"""Measurements against MLflow and joblib, side by side in one run: ``make bench``, or ``python -m benchmarks``."""
