"""Results that people show again in a retest: marks beside evidence, which never become evidence (ADR 104)."""
