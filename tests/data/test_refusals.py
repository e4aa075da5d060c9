"""Who may carry out which command: written out by hand, so that a changed grant shows here.

A command without a row fails; so does a row without a command.
"""

import importlib
import pkgutil

import pytest

import data.commands
from core.access import Who, decide
from core.messages import NotAllowed
from core.terms import Role
from data.commands.command import COMMANDS
from data.engine import Store
from tests.conftest import installed

for module in pkgutil.iter_modules(data.commands.__path__):
    importlib.import_module(f"data.commands.{module.name}")

R, M, D, P, V, S, A = (
    Role.REP, Role.MANAGER, Role.DIRECTOR, Role.PRODUCT, Role.DELIVERY, Role.STORE_MANAGER, Role.ADMIN,
)  # fmt: skip
EVERYBODY = {R, M, D, P, V, S, A}

# fmt: off
ALLOWED = {
    "account.name":            EVERYBODY,
    "account.language":        EVERYBODY,
    "account.password":        EVERYBODY,
    "session.revoke":          EVERYBODY,
    "session.revoke_others":   EVERYBODY,
    "action.record":           {R, M},
    "action.cancel":           {R, M},
    "interaction.record":      {R, M},
    "signal.record":           {R, M},
    "signal.withdraw":         {R, M},
    "signal.report":           {R, M},
    "token.create":            EVERYBODY,
    "webhook.add":             {A},
    "webhook.switch":          {A},
    "webhook.remove":          {A},
    "webhook.retry":           {A},
    "webhook.tested":          {A},
    "outbox.retry":            {A},
    "outbox.drop":             {A},
    "backup.note":             {A},
    "session.end_any":         {A},
    "session.end_all_of":      {A},
    "token.revoke":            EVERYBODY,
    "opportunity.open":        {R, M},
    "opportunity.edit":        {R, M, D},
    "opportunity.close":       {R, M, D},
    "opportunity.assign":      {M, D},
    "customer.open":           {R, M, D},
    "customer.edit":           {R, M, D},
    "customer.grade":          {R, M, D},
    "customer.tag":            {R, M, D},
    "customer.assign":         {M, D},
    "contact.add":             {R, M, D},
    "contact.edit":            {R, M, D},
    "undo":                    {R, M, D},
    "export.run":              {R, M, D, A},
    "import.run":              {A},
    "import.undo":             {A},
    "pipeline.benchmarks":     {D, A},
    "health.issue":            {M, D},
    "health.export":           {M, D, A},
    "morning.issue":           {M, D},
    "morning.start":           {M, D},
    "morning.assign":          {M, D},
    "morning.move":            {M, D},
    "morning.drop":            {M, D},
    "morning.take_up":         {M, D},
    "morning.finish":          {M, D},
    "morning.export":          {R, M, D},
    "ballot.open":             {A},
    "report.take_offline":     {D},
    "report.revise":           {D},
    "view.save":               {R, M, D, P},
    "view.edit":               {R, M, D, P},
    "view.delete":             {R, M, D, P},
    "view.subscribe":          {R, M, D, P},
    "view.unsubscribe":        {R, M, D, P},
    "talk.record":             {M, D},
    "talk.agree":              {M, D},
    "talk.settle":             {R, M, D},
    "talk.move":               {M, D},
    "talk.drop":               {M, D},
    "talk.take_up":            {M, D},
    "job.run":                 {A},
    "job.retry":               {A},
    "channel.wishes":          EVERYBODY,
    "channel.add":             {M, A},
    "channel.switch":          {M, A},
    "channel.remove":          {M, A},
    "channel.tested":          {M, A},
    "alert.assign":            {R, M, D},
    "alert.snooze":            {R, M, D},
    "alert.resolve":           {R, M, D},
    "sign.review":             {M, D},
    "room.open":               {R, M, D},
    "room.add_member":         {R, M, D},
    "room.close":              {R, M, D},
    "room.remove_member":      {R, M, D, P, V},
    "room.task_add":           {R, M, D, P, V},
    "room.task_done":          {R, M, D, P, V},
    "room.task_drop":          {R, M, D, P, V},
    "room.task_reopen":        {R, M, D, P, V},
    "room.say":                {R, M, D, P, V},
    "demand.file":             {R, M, D},
    "demand.attach":           {R, M, D, P, V},
    "demand.pause":            {P},
    "demand.resume":           {P},
    "demand.pass_on":          {R, M, D},
    "demand.answer":           {P},
    "demand.decline":          {P},
    "demand.take_back":        {R, M, D},
    "feature.correct":         {P},
    "feature.move":            {P},
    "forecast.decide":         {R, M},
    "delivery.mark_ready":     {P, V},
    "delivery.renew":          {P, V},
    "delivery.revoke":         {P, V},
    "delivery.ask_again":      {P, V},
    "delivery.remind":         {P, V},
    "store_request.file":      {S},
    "store_request.merge":     {D, P},
    "store_request.separate":  {D, P},
    "store_request.answer":    {D, P},
    "store_request.take_back": {S},
    "promise.make":            {R, M, D},
    "promise.move":            {R, M, D},
    "promise.plan":            {P},
    "promise.take_back":       {R, M, D},
    "promise.escalate":        {R, M, D, P, V},
    "finding.decide":          {M, D},
    "finding.coach":           {M, D},
    "event.add":               {M, D},
    "event.withdraw":          {M, D},
    "factor.ask":              {M, D},
    "factor.answer":           {D},
    "weights.draft":           {D},
    "weights.backtest":        {D},
    "weights.apply":           {D},
    "home.keep":               EVERYBODY,
    "home.reset":              EVERYBODY,
    "studio.publish":          {D, A},
    "studio.restore":          {D, A},
    "coaching.assign":         {M, D},
    "coaching.note":           {M, D},
    "coaching.close":          {M, D},
    "forecast.replay":         {M, D},
    "forecast.backtest":       {M, D},
    "collaboration.issue":     {D},
    "cause.assign":            {M, D, P},
    "cause.close":             {M, D, P},
    "milestone.launch":        {D, A},
    "milestone.issue":         {D},
    "milestone.export":        {M, D, A},
    "milestone.sign":          {D},
    "milestone.unsign":        {D},
    "milestone.sample":        {M, D},
    "milestone.check":         {M, D},
    "milestone.decide":        {D},
    "milestone.decide_anew":   {D},
    "milestone.appeal":        {M},
    "calendar.days":           {A},
    "calendar.year":           {A},
    "calendar.hours":          {A},
    "calendar.restore":        {A},
    "currency.rate":           {D, A},
    "currency.own":            {D, A},
    "person.bring_back":       {A},
    "team.create":             {A},
    "team.remove":             {A},
    "team.edit":               {A},
    "person.create":           {A},
    "person.edit":             {A},
    "person.activate":         {A},
    "person.set_password":     {A},
    "person.hand_over":        {A},
    "privacy.export":          {A},
    "privacy.erase":           {A},
}
# fmt: on


@pytest.fixture(scope="module")
def untouched(request, tmp_path_factory):
    """A store in which nothing is ever written: who is refused is refused before."""
    folder = tmp_path_factory.mktemp("untouched")
    with installed(request, "sqlite", folder) as url:
        store = Store(url, folder / "files")
        yield store
        store.close()


def test_every_command_has_its_row():
    assert set(COMMANDS) == set(ALLOWED)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_role_may_carry_out_a_command_or_is_refused(untouched, name, role):
    who = Who(person_id=1, role=role, team_id=1, name="Somebody")
    may = decide(who, COMMANDS[name].needs).allowed
    assert may == (role in ALLOWED[name])
    if not may:
        with pytest.raises(NotAllowed):
            COMMANDS[name](untouched, who)
