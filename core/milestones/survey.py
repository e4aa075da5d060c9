"""Two questions asked secretly beside what is measured: reporting time, and problems located (E)."""

SURVEYED = 120  # the day of the milestone beside which it stands
QUESTIONS = ("reporting", "located")  # the criteria that they are about


def subject_of(question: str) -> str:
    """The ballot's subject of a question.

    >>> subject_of("reporting")
    'survey:reporting'
    """
    return f"survey:{question}"
