"""Tasks that a model carries out by itself, within a budget and with the tools that its owner granted."""
