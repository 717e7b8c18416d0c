"""The page of one firm: to read on a phone and to print."""
