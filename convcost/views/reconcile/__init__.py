"""One network by many conventions: what each says, why, and which says a given number."""
