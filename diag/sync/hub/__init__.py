"""The office's hub: stores the log, the attachments, the rights to read; no more."""
