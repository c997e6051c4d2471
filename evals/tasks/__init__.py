"""Cases of AI tasks: a model that follows a script, and what its runs came to."""
