"""How actions reach the world: one connector for each action type."""
