"""What `in_browser.py` looks at on the page of the playground."""
