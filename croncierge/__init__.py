"""Croncierge: plain language into scheduled, chained, executed tasks."""
