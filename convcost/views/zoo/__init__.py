"""The networks that ship: what each costs, and the paper that it is from."""
