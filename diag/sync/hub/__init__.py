"""The office's hub: stores the log, the attachments, who may read what; no more."""
