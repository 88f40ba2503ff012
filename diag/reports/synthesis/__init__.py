"""Documents beyond one school: a commune's, a circonscription's, the territory's."""
