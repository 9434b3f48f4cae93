"""Files as git has them: nothing is checked out, and nothing is fetched."""
