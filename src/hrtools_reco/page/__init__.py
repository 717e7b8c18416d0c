"""To read: the page of one firm, and of a branch, on a phone and on paper."""
