"""What the command line looks at and says beside `run`: the doctor, verify, backfill, coverage."""
