"""Inserting what is not there yet tells the ids of what was new, however many rows come at once."""

from data.schema import JobRun
from data.upsert import insert_new

UNIQUE = (JobRun.job, JobRun.key, JobRun.due_at)


def rows(at, *keys):
    return [{"job": "sweep", "key": key, "due_at": at, "params": {}} for key in keys]


def test_only_what_is_new_is_inserted(store):
    at = store.clock()
    with store.writing() as session:
        first = insert_new(session, JobRun, rows(at, "a"), *UNIQUE)
        again = insert_new(session, JobRun, rows(at, "a"), *UNIQUE)
        more = insert_new(session, JobRun, rows(at, "a", "b", "c"), *UNIQUE)
        none = insert_new(session, JobRun, [], *UNIQUE)
        many = insert_new(session, JobRun, rows(at, *map(str, range(2_500))), *UNIQUE)
    assert (len(first), again, len({*first, *more}), none, len({*many})) == (1, [], 3, [], 2_500)
