"""Revenue Outturn and Revenue Account budgets → tidy lines, one row a figure."""
