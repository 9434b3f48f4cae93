"""Networks run, and timed, by what is installed; a framework is imported once one is asked for."""
