"""A page that runs convcost in a browser: what it is made of, and what makes it."""
