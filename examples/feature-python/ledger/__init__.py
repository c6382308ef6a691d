"""What a shared flat has spent, and who owes whom."""
