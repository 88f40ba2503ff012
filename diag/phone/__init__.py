"""One telephone, or the team's, beside this computer: photos and sheets come in."""
