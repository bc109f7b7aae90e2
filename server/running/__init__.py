"""What a process runs with: keys, log, mail, what strangers may cost it, what it does once a day."""
