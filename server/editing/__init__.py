"""What a lead negotiator changes of a contract on its pages: facts, parties, establishments, seats."""
