"""What was done because of feedback: "you said, we did"."""
