"""One line where plans are made: that new features are frozen, and until when."""

import streamlit as st

from components.frame import View
from components.text import t
from data.milestone_words import frozen_days
from data.queries.milestone_results import freeze_now


def freeze_line(view: View) -> None:
    """Draw it while a freeze holds or is to come; its place is always there."""
    found = view.read(freeze_now, view.today)
    with st.container(key="freeze-line"):
        if found is None or found.brings.frozen_from is None or found.brings.frozen_until is None:
            return
        first, last = frozen_days(view.language, found.brings.frozen_from, found.brings.frozen_until)
        said = t("milestones.freeze_on", first=first, last=last, day=found.day)
        st.warning(said, icon=":material/ac_unit:")
