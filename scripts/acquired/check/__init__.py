"""What a run would do and what is wrong with its inputs, told from all sheets and the head of every file."""
