"""Reports: what networks cost, layer by layer and in total."""
