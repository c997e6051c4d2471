"""What the model may do with tasks. Each module holds the tools of one concern, as plain functions."""
