"""What digital changes in a branch: its occupations, hiring and training, and what answers."""
