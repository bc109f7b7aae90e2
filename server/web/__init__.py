"""What every page stands on: the gate, the doors, forms, frames and errors; and the ways in of an open page."""
