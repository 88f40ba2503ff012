"""What every test shares."""

from hypothesis import settings

# A machine that others use is slow at times: no test judges by the wall clock.
settings.register_profile("diag", deadline=None)
settings.load_profile("diag")
