"""What came of a re-execution, set against the version that it repeats."""
