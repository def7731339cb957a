"""What client panels and councils proposed, and what became of it."""
