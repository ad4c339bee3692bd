"""Places under their names in three languages: places.tsv is built, supplement.toml written."""
