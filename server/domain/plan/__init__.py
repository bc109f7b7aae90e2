"""The rules of a plan: what each family begins from, its changes, and how those are proposed and drawn."""
