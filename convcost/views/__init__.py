"""Views: reports and problems in, text out. None of them reads, prints or exits."""
