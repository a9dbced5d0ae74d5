"""Benchmarks: `python -m tests.bench [AREA ...] [--json]`. They measure the real thing and print figure against goal."""
