"""The versions of the schema. HEAD is the newest; it stands here so that no search is needed for it."""

HEAD = "0001"
