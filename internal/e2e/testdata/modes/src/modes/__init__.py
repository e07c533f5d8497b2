"""What the programs have in common."""
