"""Secret ballots: one person, one vote, and tables from which nobody can tell whose.

What can be read from all tables, their physical order and their transactions is written down after every
step. Had the same people voted the other way round, it would be the same: nobody does better than chance.
"""

from __future__ import annotations

from itertools import count, permutations

import pytest
from sqlalchemy import insert, select, text

from core.access import OPERATOR
from core.ballots import mark_of
from core.messages import Conflict, Invalid, NotAllowed
from data.commands import ballots as desk
from data.commands.account import choose_language
from data.commands.ballots import draw_paper, open_boxes, vote
from data.queries.ballots import has_voted, is_paper, opened
from data.schema import Audit, BallotBox, BallotPaper, Base, Receipt, SealedBallot
from data.sealing import unseal
from tests.company import found
from tests.conftest import installed

SUBJECT = "report:outlook:1"
VOTERS = ("rep", "mate", "manager")


def dump(store):
    """Every row of every table with its physical place; sealed texts by their length alone."""
    lite = store.engine.dialect.name == "sqlite"
    seen, transactions = {}, set()
    with store.engine.connect() as connection:
        for name, table in sorted(Base.metadata.tables.items()):
            ordered = lite and table.dialect_options["sqlite"]["with_rowid"]
            place = ("rowid" if ordered else "0") if lite else "ctid::text, xmin::text::bigint"
            rows = [
                tuple(row)
                for row in connection.execute(text(f"SELECT {place} AS place, {name}.* FROM {name}"))
            ]
            if name == "sealed_ballot":
                rows = [(*row[:-1], len(row[-1])) for row in rows]
            seen[name] = rows
            transactions |= set() if lite else {row[1] for row in rows}
    if lite:
        return seen
    rank = {xmin: n for n, xmin in enumerate(sorted(transactions))}
    return {name: [(row[0], rank[row[1]], *row[2:]) for row in rows] for name, rows in seen.items()}


def votes_leaking_order(store, who, paper, subject, choice):
    """A naive box: votes lie in it as they came."""
    del paper
    with store.writing() as session:
        box = desk._locked_box(session, subject, "2026-03")
        mark = f"{session.query(SealedBallot).count():03}"
        sealed = desk.seal(store.files, str(choice)) + "=" * choice  # and their length tells
        session.execute(insert(SealedBallot).values(box_id=box.id, mark=mark, sealed=sealed))


def votes_counted_at_once(store, who, paper, subject, choice):
    """A naive box: it shows the score the moment it comes."""
    with store.writing() as session:
        box = desk._locked_box(session, subject, "2026-03")
        held = list(box.counts or [0] * 5)
        held[choice - 1] += 1
        box.counts = held


def votes_in_the_audit(store, who, paper, subject, choice):
    """A naive box: as if it were any other command."""
    vote(store, who, paper, subject, choice)
    with store.writing() as session:
        session.add(Audit(at=store.clock(), actor_id=who.person_id, command="x", entity="x", after=[choice]))


def watched(store, monkeypatch, way, scores):
    """What an owner of all tables sees after each step when VOTERS give these scores one after another."""
    number = count()
    monkeypatch.setattr(desk.secrets, "token_urlsafe", lambda _: f"{next(number):043}")
    people = found(store)
    papers = {name: draw_paper(store, getattr(people, name)) for name in VOTERS}
    seen = [dump(store)]
    for name, score in zip(VOTERS, scores, strict=True):
        who = getattr(people, name)
        store.clock.move(minutes=7)
        way(store, who, papers[name], SUBJECT, score)
        choose_language(store, who, "zh")  # leaves its traces right beside the vote
        seen.append(dump(store))
    store.clock.move(days=31)
    open_boxes(store, OPERATOR)
    return [*seen, dump(store)]


@pytest.fixture
def another(request, store, tmp_path, clock):
    """A second store of the same kind, at the same instant."""
    from data.engine import Store

    (tmp_path / "two").mkdir()
    with installed(request, store.engine.dialect.name, tmp_path / "two") as url:
        made = Store(url, tmp_path / "two", clock=type(clock)(clock.at))
        yield made
        made.close()


@pytest.mark.parametrize("scores", list(permutations((2, 4, 5)))[1:4])
def test_had_they_voted_the_other_way_round_the_tables_would_be_the_same(store, another, monkeypatch, scores):
    assert watched(store, monkeypatch, vote, (2, 4, 5)) == watched(another, monkeypatch, vote, scores)


@pytest.mark.parametrize("naive", [votes_leaking_order, votes_counted_at_once, votes_in_the_audit])
def test_a_naive_box_would_be_caught(sqlite_store, tmp_path, installed_file, clock, monkeypatch, naive):
    from data.engine import Store
    from tests.conftest import _copy

    (tmp_path / "two").mkdir()
    other = Store(_copy(installed_file, tmp_path / "two"), tmp_path / "two", clock=type(clock)(clock.at))
    one = watched(sqlite_store, monkeypatch, naive, (2, 4, 5))
    assert one != watched(other, monkeypatch, naive, (5, 4, 2))
    other.close()


def test_who_comes_first_leaves_no_trace(store, another, monkeypatch):
    """The order of coming changes nothing but, in PostgreSQL, nothing at all: the box is written anew."""

    def box(of, order):
        number = count()
        monkeypatch.setattr(desk.secrets, "token_urlsafe", lambda _: f"{next(number):043}")
        people = found(of)
        papers = {name: draw_paper(of, getattr(people, name)) for name in VOTERS}
        for name in order:
            vote(of, getattr(people, name), papers[name], SUBJECT, 3)
        return dump(of)

    assert box(store, VOTERS) == box(another, VOTERS[::-1])


def test_nothing_in_the_tables_yields_a_mark(store):
    people = found(store)
    papers = [draw_paper(store, getattr(people, name)) for name in VOTERS]
    for name, paper in zip(VOTERS, papers, strict=True):
        vote(store, getattr(people, name), paper, SUBJECT, 4)
    cells = {str(cell) for rows in dump(store).values() for row in rows for cell in row}
    with store.reading() as session:
        marks = set(session.scalars(select(SealedBallot.mark)))
        assert session.query(Receipt).count() == 0
    assert not cells & set(papers)
    assert marks == {mark_of(paper, SUBJECT, "2026-03") for paper in papers}
    assert not marks & {mark_of(cell, SUBJECT, "2026-03") for cell in cells}


def test_one_person_has_one_vote_and_may_change_it(store, clock):
    people = found(store)
    paper = draw_paper(store, people.rep)
    assert draw_paper(store, people.rep) is None
    for choice in (1, 5):
        vote(store, people.rep, paper, SUBJECT, choice)
    with store.reading() as session:
        sealed = session.scalars(select(SealedBallot.sealed)).all()
        assert [unseal(store.files, s) for s in sealed] == ["5"]
        assert has_voted(session, people.rep, paper, SUBJECT, clock())
        assert not has_voted(session, people.rep, paper, "report:board:1", clock())
        assert is_paper(session, people.rep, paper, clock())
        assert not is_paper(session, people.mate, paper, clock())


def test_a_foreign_an_invented_and_an_old_paper_are_refused(sqlite_store, clock):
    people = found(sqlite_store)
    paper = draw_paper(sqlite_store, people.rep)
    draw_paper(sqlite_store, people.mate)
    for who, told in ((people.mate, paper), (people.rep, "invented"), (people.manager, paper)):
        with pytest.raises(Conflict):
            vote(sqlite_store, who, told, SUBJECT, 3)
    with pytest.raises(Invalid):
        vote(sqlite_store, people.rep, paper, SUBJECT, 6)
    with pytest.raises(NotAllowed):
        vote(sqlite_store, OPERATOR, paper, SUBJECT, 3)
    clock.move(days=31)
    with pytest.raises(Conflict):
        vote(sqlite_store, people.rep, paper, SUBJECT, 3)
    assert draw_paper(sqlite_store, people.rep) not in (None, paper)


# fmt: off
ENDS = [
    # scores        counts              votes
    ([2, 4],        None,               2),      # too few: emptied unread
    ([2, 4, 4],     [0, 1, 0, 2, 0],    3),
]
# fmt: on


@pytest.mark.parametrize(("scores", "counts", "votes"), ENDS)
def test_a_box_is_opened_when_its_month_is_over_and_only_with_enough(store, clock, scores, counts, votes):
    people = found(store)
    for name, score in zip(VOTERS, scores, strict=False):
        who = getattr(people, name)
        vote(store, who, draw_paper(store, who), SUBJECT, score)
    assert open_boxes(store, OPERATOR) == 0
    clock.move(days=31)
    assert open_boxes(store, OPERATOR) == 1
    assert open_boxes(store, OPERATOR) == 0
    with store.reading() as session:
        assert session.query(SealedBallot).count() == session.query(BallotPaper).count() == 0
        [box] = opened(session, [SUBJECT])
        assert (box.month, box.votes) == ("2026-03", votes)
        assert (list(box.tally.counts) if box.tally else None) == counts


def test_a_lost_key_loses_the_votes_and_nothing_else(sqlite_store, clock):
    people = found(sqlite_store)
    for name in VOTERS:
        who = getattr(people, name)
        vote(sqlite_store, who, draw_paper(sqlite_store, who), SUBJECT, 5)
    (sqlite_store.files / "ballots.key").unlink()
    clock.move(days=31)
    open_boxes(sqlite_store, OPERATOR)
    with sqlite_store.reading() as session:
        [box] = session.scalars(select(BallotBox))
        assert (box.votes, box.counts) == (3, None)
