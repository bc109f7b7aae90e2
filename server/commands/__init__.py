"""What an administrator types, group by group."""
