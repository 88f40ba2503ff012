"""Bundles: journals meet in a file, sealed for its readers, signed by its writer."""
