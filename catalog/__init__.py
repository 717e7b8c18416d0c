"""The catalog as the import package ``hrtools_reco.catalog_data``: data only."""
