"""What the command line does, as functions: each takes whatever names a network, gives a result,
prints nothing and never exits."""
