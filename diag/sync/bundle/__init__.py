"""Bundles: journals meet in a file, sealed for who may read it, signed by who wrote."""
