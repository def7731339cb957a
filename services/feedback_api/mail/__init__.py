"""Letters to senders: queued with the event, sent by SMTP, tried again until they are gone."""
