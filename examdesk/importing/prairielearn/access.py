"""Access rules, of the older kind (`allowAccess`) and the newer (`accessControl`), to schedule and access rules.

The first rule that is for everyone becomes the exam's schedule, and stays in its place in the list without times of its
own, so that a change of the schedule moves it.
"""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from examdesk.importing.prairielearn.draft import Draft, Table
from examdesk.importing.prairielearn.reasons import ACCESS, ACCESS_CONTROL
from examdesk.importing.prairielearn.report import Report
from examdesk.importing.prairielearn.source import Fields

MAX_MINUTES = 10_080
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$")
_YEARS = range(1971, 9000)


class Zones(msgspec.Struct, frozen=True, kw_only=True):
    """The course's time zone; empty where none is named and times are the hub's local ones."""

    name: str = ""


class Rule(Table, kw_only=True):
    """An access rule on its way: `whom` says that it is for somebody in particular, `place` where it stood."""

    whom: bool = False
    place: tuple[str, str] = ("", "")
    prairietest: bool = False


class AccessReader:
    """Fills schedule and access rules of a draft."""

    def __init__(self, draft: Draft, report: Report, zone: Zones) -> None:
        self._draft = draft
        self._report = report
        self._zone = zone

    def read(self, fields: Fields) -> None:
        """Take whichever kind of rules the assessment has."""
        older = [self._older(each) for _, each in fields.objects("allowAccess")]
        newer = [self._newer(position, each) for position, (_, each) in enumerate(fields.objects("accessControl"))]
        if older and newer:
            fields.left("accessControl", "It stands beside allowAccess, whose rules come first here.")
        rules = self._in_order([rule for rule in [*older, *reversed_defaults(newer)] if rule is not None])
        if not rules:
            self._draft.put("draft", value=True)
            fields.left("allowAccess", "No rule lets students in, so the exam is a draft; set draft = false to run it.")
            return
        self._as_schedule(rules)
        if len(rules) > 1 or set(rules[0].values) - {"name"}:
            self._draft.lists["access"] = list(rules)

    def _in_order(self, rules: list[Rule]) -> list[Rule]:
        """Rules that PrairieTest limited come after those that name students: nothing else would hold them back."""
        last = max((position for position, rule in enumerate(rules) if rule.whom), default=-1)
        held = [rule for rule in rules[: last + 1] if rule.prairietest and not rule.whom]
        for rule in held:
            rule.comments.append("moved behind the rules that name students, as PrairieTest does not limit it here")
        return [*(rule for rule in rules[: last + 1] if rule not in held), *held, *rules[last + 1 :]]

    def _as_schedule(self, rules: list[Rule]) -> None:
        general = next((rule for rule in rules if not rule.whom and rule.values.get("active") is not False), None)
        if general is None:
            return
        schedule = self._draft.table("schedule")
        for theirs, ours in (("opens", "start"), ("closes", "end"), ("minutes", "duration")):
            schedule.put(ours, general.values.pop(theirs, None))
        self._name_inherited(rules, schedule)
        general.values.setdefault("name", "Everyone: as [schedule] says")

    def _name_inherited(self, rules: list[Rule], schedule: Table) -> None:
        """Left out means without limit there, and as the schedule says here."""
        for rule in rules:
            for theirs, ours in (("opens", "start"), ("closes", "end"), ("minutes", "duration")):
                if rule.whom and rule.values.get("active") is not False and theirs not in rule.values:
                    value = schedule.values.get(ours)
                    reason = f"It says nothing of {theirs}, so schedule.{ours} holds, which is {value}."
                    if value is not None:
                        self._report.left(rule.place[0], rule.place[1], reason)

    # -- allowAccess

    def _older(self, fields: Fields) -> Rule | None:
        role = fields.raw("role")
        if role not in (None, "Student"):
            fields.left("role", "The rule is for staff, who have their roles at the hub; it was left out.", role)
            fields.finish(ACCESS)
            return None
        rule = Rule(comments=fields.comment("comment", "comments"), place=(fields.file, fields.path.rstrip(".")))
        rule.prairietest = "examUuid" in fields
        uids = fields.texts("uids", "access[].students")
        rule.whom = uids is not None
        if uids is not None and not uids:
            fields.left("uids", "The rule is for nobody, so it was left out.")
            fields.finish(ACCESS)
            return None
        rule.put("students", uids)
        rule.put("active", fields.flag("active", "access[].active"))
        rule.put("opens", self.moment(fields, "startDate", "opens"))
        rule.put("closes", self.moment(fields, "endDate", "closes"))
        rule.put("minutes", fields.whole("timeLimitMin", "minutes", 1, MAX_MINUTES))
        shown = fields.flag("showClosedAssessment", "access[].show_after_end")
        rule.put("show_after_end", shown is not False)
        self._check_span(fields, rule, "endDate")
        fields.finish(ACCESS)
        return rule

    # -- accessControl

    def _newer(self, position: int, fields: Fields) -> Rule | None:
        rule = Rule(comments=fields.comment("comment", "comments"), place=(fields.file, fields.path.rstrip(".")))
        rule.whom = position > 0
        labels = fields.texts("labels", "access[].tags")
        if labels:
            rule.whom = True
            rule.put("tags", labels)
        elif rule.whom:
            fields.left("labels", "A further rule has to name labels; it is for nobody and was left out.")
        if fields.flag("enabled", "the rule's being there") is False or (rule.whom and not labels):
            fields.left("enabled", "The rule is switched off or for nobody; it was left out.")
            fields.finish(ACCESS_CONTROL)
            return None
        blocked = fields.flag("blockAccess", "access[].active")
        rule.put("active", None if blocked is None else not blocked)
        dates = fields.object("dateControl")
        if dates is not None:
            self._dates(dates, rule)
        after = fields.object("afterComplete")
        rule.put("show_after_end", self._after(after) if after is not None else True)
        fields.finish(ACCESS_CONTROL)
        return rule

    def _dates(self, fields: Fields, rule: Rule) -> None:
        if fields.flag("enabled", "its times") is False:
            fields.finish(dict.fromkeys(("release", "due", "durationMinutes"), "Its dateControl is switched off."))
            return
        rule.put("minutes", fields.whole("durationMinutes", "minutes", 1, MAX_MINUTES))
        for theirs, ours in (("release", "opens"), ("due", "closes")):
            moment = fields.object(theirs)
            if moment is not None:
                rule.put(ours, self.moment(moment, "date", ours))
                moment.finish(ACCESS_CONTROL)
        for older, ours in (("releaseDate", "opens"), ("dueDate", "closes")):
            if older in fields:
                rule.put(ours, self.moment(fields, older, ours))
        self._check_span(fields, rule, "due.date")
        fields.finish(ACCESS_CONTROL)

    def _after(self, fields: Fields) -> bool:
        questions = fields.object("questions")
        hidden = False
        if questions is not None:
            hidden = questions.flag("hidden", "access[].show_after_end") is True
            questions.finish(ACCESS_CONTROL)
        older = fields.flag("hideQuestions", "access[].show_after_end")
        fields.finish(ACCESS_CONTROL)
        return not (hidden or older)

    # -- moments

    def moment(self, fields: Fields, key: str, to: str) -> str | None:
        """Take a date and time as exam.toml writes it."""
        value = fields.raw(key)
        if value is None:
            return None
        read = _read_moment(value)
        if read is None:
            fields.left(key, "It is not a date and time such as 2020-04-20T11:00:00.", value)
            return None
        fields.took(key, to)
        moment = self._in_zone(read, fields, key)
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")

    def _in_zone(self, moment: datetime, fields: Fields, key: str) -> datetime:
        if not self._zone.name or moment.tzinfo is not None:
            return moment
        try:
            return moment.replace(tzinfo=ZoneInfo(self._zone.name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            fields.left(key, f"The time zone {self._zone.name} is not known here; the time is the hub's local time.")
            return moment

    def _check_span(self, fields: Fields, rule: Rule, key: str) -> None:
        opens, closes = rule.values.get("opens"), rule.values.get("closes")
        if not (isinstance(opens, str) and isinstance(closes, str)):
            return
        good = datetime.fromisoformat(closes).timestamp() > datetime.fromisoformat(opens).timestamp()
        if not good:
            fields.left(key, "It is not after the start; the rule has no end now.", closes)
            del rule.values["closes"]


def reversed_defaults(rules: list[Rule | None]) -> list[Rule]:
    """The newer kind says first what is for everyone, and then who differs; here who differs comes first."""
    kept = [rule for rule in rules if rule is not None]
    return [rule for rule in kept if rule.whom] + [rule for rule in kept if not rule.whom]


def _read_moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    plain = _DATE.match(text) is not None or moment.tzinfo is not None
    return moment.replace(microsecond=0) if plain and moment.year in _YEARS else None
