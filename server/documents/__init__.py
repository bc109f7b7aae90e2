"""Documents of a word processor, brought into a text: read for what may come in, and kept nowhere."""
