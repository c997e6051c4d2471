"""Packages that tests install. `croncierge_example` is a whole plugin, the one that docs/plugins.md explains."""
