"""The spec of a rewritten network: the old text, changed where its layers are."""
