"""One small file for each sort of to-do; `data.queries.today` knows them all."""
