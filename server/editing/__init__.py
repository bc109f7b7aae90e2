"""What a lead negotiator changes of a contract on its pages: facts, plan, parties, establishments, seats."""
