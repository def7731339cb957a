"""What a sender may see of their feedback by its receipt."""
