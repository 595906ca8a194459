"""`infoAssessment.json` to an exam: identity, rules, groups, zones and points."""

import math
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from examdesk.importing.prairielearn.draft import Draft, Entry, Table, Zone
from examdesk.importing.prairielearn.reasons import ASSESSMENT, QUESTION_PLACE
from examdesk.importing.prairielearn.source import Fields, is_number
from shared.exam.paths import path_mistake

MAX_ID = 64
MAX_ATTEMPTS = 100
MAX_POINTS = 10_000.0
MAX_MINUTES = 1440
PLACEHOLDER = "first-question"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A question of the course that the exam uses: its PrairieLearn id, our id, and the entry to complete.

    `file` and `place` are where it was named. `plain_points`: its points are a person's where it is graded by hand.
    """

    theirs: str
    ours: str
    entry: Entry
    file: str
    place: str
    plain_points: bool = False


class Inherited(msgspec.Struct, frozen=True, kw_only=True):
    """What questions take from their zone or group where they say nothing."""

    manual_points: float | None = None
    minutes_between: int | None = None


class AssessmentReader:
    """Fills a draft from one assessment; `wanted` are the questions it needs."""

    def __init__(self, fields: Fields, draft: Draft) -> None:
        self.wanted: list[Wanted] = []
        self._fields = fields
        self._draft = draft
        self._roles: list[str] = []
        self._taken: dict[str, str] = {}

    def read(self, new_uuid: Callable[[], UUID]) -> None:
        """Take everything but the access rules and the text, which others read before."""
        self._identity(new_uuid)
        self._rules()
        self._groups()
        self._gate_and_roles(self._fields, self._draft)
        for place, fields in self._fields.objects("zones"):
            self._zone(place, fields)
        if not self._draft.zones:
            self._placeholder()
        self._fields.finish(ASSESSMENT)

    # -- identity and rules

    def _identity(self, new_uuid: Callable[[], UUID]) -> None:
        fields, draft = self._fields, self._draft
        draft.comments = ["Imported from PrairieLearn.", *fields.comment("comment", "comments"), *draft.comments]
        draft.put("format", 1)
        draft.put("uuid", str(self._uuid(new_uuid)))
        draft.put("title", fields.text("title", "title", 200) or "Untitled")
        for name, limit in (("set", 60), ("number", 20), ("module", 200)):
            draft.put(name, fields.text(name, name, limit) or None)

    def _uuid(self, new_uuid: Callable[[], UUID]) -> UUID:
        value = self._fields.raw("uuid")
        try:
            found = UUID(value)
        except (TypeError, ValueError, AttributeError):
            self._fields.left("uuid", "It is missing or no uuid; the exam got a new one.", value)
            return new_uuid()
        self._fields.took("uuid", "uuid")
        return found

    def _rules(self) -> None:
        fields, draft = self._fields, self._draft
        kind = fields.text("type", "shuffle and honor_code.mode", 60)
        if kind not in ("Exam", "Homework", ""):
            fields.left("type", "Known are Exam and Homework; it was read as Exam.", kind)
        homework = kind == "Homework"
        shuffle = fields.flag("shuffleQuestions", "shuffle")
        draft.put("shuffle", not homework if shuffle is None else shuffle)
        draft.put("practice", fields.flag("multipleInstance", "practice"))
        desk, checks, honor = draft.table("desk"), draft.table("checks"), draft.table("honor_code")
        desk.put("auto_close", fields.flag("autoClose", "desk.auto_close"))
        desk.put("issue_reporting", fields.flag("allowIssueReporting", "desk.issue_reporting"))
        desk.put("notes", fields.flag("allowPersonalNotes", "desk.notes"))
        checks.put("show_results", fields.flag("allowRealTimeGrading", "checks.show_results"))
        checks.put("minutes_between", self._minutes(fields, "checks.minutes_between"))
        required = fields.flag("requireHonorCode", "honor_code.mode")
        own = fields.raw("honorCode")
        if isinstance(own, str) and own.strip() and required is not False:
            honor.put("mode", "own")
            honor.put("text", own.strip()[:20_000])
            fields.took("honorCode", "honor_code.text")
            self._honor_marks(own)
        else:
            if own is not None:
                fields.left("honorCode", "It is no text, or the honor code is switched off.", own)
            honor.put("mode", "default" if (not homework if required is None else required) else "off")

    def _honor_marks(self, own: str) -> None:
        if len(own.strip()) > 20_000:
            self._fields.left("honorCode", "Only the first 20,000 characters were taken.")
        for mark in dict.fromkeys(re.findall(r"\{\{.*?\}\}", own)):
            self._fields.left("honorCode", f"{mark} is not replaced; write the text without it.", own)

    # -- groups

    def _groups(self) -> None:
        fields, groups = self._fields, self._draft.table("groups")
        groups.put("enabled", fields.flag("groupWork", "groups.enabled"))
        self._sizes(fields, groups, "groupMinSize", "groupMaxSize")
        for theirs, ours in (("Create", "student_create"), ("Join", "student_join"), ("Leave", "student_leave")):
            groups.put(ours, fields.flag(f"studentGroup{theirs}", f"groups.{ours}"))
        self._group_roles(fields.objects("groupRoles"), "minimum", "maximum", ())
        newer = fields.object("groups")
        if newer is not None:
            self._newer_groups(newer, groups)

    def _newer_groups(self, fields: Fields, groups: Table) -> None:
        enabled = fields.flag("enabled", "groups.enabled")
        groups.put("enabled", enabled is not False)
        self._sizes(fields, groups, "minMembers", "maxMembers")
        allowed = fields.object("studentPermissions")
        if allowed is not None:
            for theirs, ours in (("Create", "student_create"), ("Join", "student_join"), ("Leave", "student_leave")):
                groups.put(ours, allowed.flag(f"can{theirs}Group", f"groups.{ours}"))
            allowed.finish({"canNameGroup": "Groups have no names that students choose."})
        rights = fields.object("rolePermissions")
        assigning = [] if rights is None else rights.texts("canAssignRoles", "groups.roles[].can_assign_roles") or []
        self._group_roles(fields.objects("roles"), "minMembers", "maxMembers", assigning)
        if rights is not None:
            self._gate_and_roles(rights, self._draft)
            rights.finish(ASSESSMENT)
        fields.finish(ASSESSMENT)

    def _sizes(self, fields: Fields, groups: Table, low: str, high: str) -> None:
        least = fields.whole(low, "groups.min_size", 1, 100)
        most = fields.whole(high, "groups.max_size", 1, 100)
        if most is not None and most < (least or 1):
            fields.left(high, f"It is smaller than {low}; it was left out.", most)
            most = None
        groups.put("min_size", least)
        groups.put("max_size", most)

    def _group_roles(
        self, roles: list[tuple[str, Fields]], low: str, high: str, assigning: list[str] | tuple[str, ...]
    ) -> None:
        for _, fields in roles:
            name = fields.text("name", "groups.roles[].name", 100)
            if not name or name in self._roles:
                fields.left("name", "A role needs a name of its own; it was left out.", name)
                fields.finish({})
                continue
            role = Table(values={"name": name})
            least = fields.whole(low, "groups.roles[].minimum", 0, 100)
            most = fields.whole(high, "groups.roles[].maximum", 1, 100)
            if most is not None and most < (least or 0):
                fields.left(high, f"It is smaller than {low}; it was left out.", most)
                most = None
            role.put("minimum", least)
            role.put("maximum", most)
            own = fields.flag("canAssignRoles", "groups.roles[].can_assign_roles")
            role.put("can_assign_roles", True if own or name in assigning else own)
            role.comments = fields.comment("comment")
            fields.finish(ASSESSMENT)
            self._roles.append(name)
            self._draft.lists.setdefault("groups.roles", []).append(role)

    # -- zones

    def _zone(self, place: str, fields: Fields) -> None:
        zone = Zone(comments=fields.comment("comment", "comments"))
        zone.put("title", fields.text("title", "zones[].title", 200) or None)
        zone.put("max_points", fields.number("maxPoints", "zones[].max_points", 100_000))
        inherited = Inherited(minutes_between=self._minutes(fields, "zones[].questions[].minutes_between"))
        self._gate_and_roles(fields, zone)
        best = fields.whole("bestQuestions", "zones[].best_questions", 1, 1000)
        choose = fields.raw("numberChoose")
        for _, entry in fields.objects("questions"):
            made = self._entry(entry, inherited)
            if made is not None:
                zone.entries.append(made)
        if choose is not None:
            self._choose_in_zone(zone, fields, choose)
        count = sum(each.values.get("number_choose", 1) for each in zone.entries)
        if best is not None and best > count:
            fields.left("bestQuestions", f"A student gets only {count} questions here; it was left out.", best)
            best = None
        zone.put("best_questions", best)
        fields.finish(ASSESSMENT)
        if zone.entries:
            self._draft.zones.append(zone)
        else:
            self._fields.left(place, "The zone has no question that could be taken, so it was left out.")

    def _choose_in_zone(self, zone: Zone, fields: Fields, choose: Any) -> None:
        """PrairieLearn draws some of a zone's questions: here they become one group of alternatives."""
        if choose == -1:
            fields.took("numberChoose", "all questions of the zone")
            return
        if type(choose) is not int or choose < 1 or any(entry.alternatives for entry in zone.entries):
            reason = "It needs a number from 1 and a zone of single questions; here every student gets all of them."
            fields.left("numberChoose", reason, choose)
            return
        if choose >= len(zone.entries):
            fields.took("numberChoose", "all questions of the zone")
            return
        zone.entries = [Entry(values={"number_choose": choose}, alternatives=zone.entries)]
        fields.took("numberChoose", "zones[].questions[].number_choose over a group of all questions")

    def _entry(self, fields: Fields, inherited: Inherited) -> Entry | None:
        if "alternatives" in fields:
            return self._group(fields, inherited)
        return self._question(fields, inherited)

    def _group(self, fields: Fields, inherited: Inherited) -> Entry | None:
        entry = Entry(comments=fields.comment("comment", "comments"))
        if "id" in fields:
            fields.left("id", "An entry with alternatives has no id of its own.", fields.raw("id"))
        entry.put("points", self._points(fields, "zones[].questions[].points"))
        manual = fields.number("manualPoints", "manual_points of each alternative", MAX_POINTS)
        minutes = self._minutes(fields, "minutes_between of each alternative")
        inherited = Inherited(
            manual_points=manual,
            minutes_between=inherited.minutes_between if minutes is None else minutes,
        )
        self._gate_and_roles(fields, entry)
        choose = fields.whole("numberChoose", "zones[].questions[].number_choose", 1, 1000)
        for _, each in fields.objects("alternatives"):
            made = self._question(each, inherited)
            if made is not None:
                entry.alternatives.append(made)
        if choose is not None and choose > len(entry.alternatives) > 0:
            fields.left("numberChoose", f"There are {len(entry.alternatives)} alternatives; all are given.", choose)
            choose = len(entry.alternatives)
        entry.put("number_choose", choose)
        fields.finish(QUESTION_PLACE)
        if not entry.alternatives:
            fields.left("alternatives", "None of them could be taken, so the group was left out.")
            return None
        return entry

    def _question(self, fields: Fields, inherited: Inherited) -> Entry | None:
        theirs = fields.raw("id")
        if not isinstance(theirs, str) or not theirs.strip():
            fields.left("id", "A question needs the id of its folder; it was left out.", theirs)
            fields.finish(QUESTION_PLACE)
            return None
        theirs = theirs.strip()
        if theirs in self._taken:
            fields.left(
                "id", "The question stands in the exam already, and can be there once; it was left out.", theirs
            )
            fields.finish(QUESTION_PLACE)
            return None
        ours = self._own_id(theirs)
        fields.took("id", f"questions/{ours}")
        entry = Entry(values={"id": ours}, comments=fields.comment("comment", "comments"))
        plain = "points" in fields and "autoPoints" not in fields
        entry.put("points", self._points(fields, "zones[].questions[].points"))
        manual = fields.number("manualPoints", "zones[].questions[].manual_points", MAX_POINTS)
        entry.put("manual_points", inherited.manual_points if manual is None else manual)
        minutes = self._minutes(fields, "zones[].questions[].minutes_between")
        entry.put("minutes_between", inherited.minutes_between if minutes is None else minutes)
        self._gate_and_roles(fields, entry)
        self.wanted.append(
            Wanted(theirs=theirs, ours=ours, entry=entry, file=fields.file, place=fields.name("id"), plain_points=plain)
        )
        fields.finish(QUESTION_PLACE)
        return entry

    def _own_id(self, theirs: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", theirs).strip("-_")[:MAX_ID].rstrip("-_") or "question"
        if path_mistake(plain):  # names that Windows keeps for itself
            plain = f"q-{plain}"
        used = {each.casefold() for each in self._taken.values()}
        ours, number = plain, 1
        while ours.casefold() in used:
            number += 1
            ours = f"{plain[: MAX_ID - len(str(number)) - 1]}-{number}"
        self._taken[theirs] = ours
        return ours

    def _placeholder(self) -> None:
        self._fields.left("zones", "There is no question in it; the exam got an empty one, so that it can be edited.")
        self._draft.zones.append(Zone(entries=[Entry(values={"id": PLACEHOLDER})]))
        self._draft.put("draft", value=True)
        text = "# First question\n\nWrite the question's text here.\n"
        self._draft.files[f"questions/{PLACEHOLDER}/question.md"] = text.encode()

    # -- what stands at several levels

    def _points(self, fields: Fields, to: str) -> list[float] | None:
        """`autoPoints`, or `points` where they are not there; a number or one per attempt."""
        auto, plain = fields.raw("autoPoints"), fields.raw("points")
        key, value = ("autoPoints", auto) if auto is not None else ("points", plain)
        if auto is not None and plain is not None:
            fields.left("points", "It stands beside autoPoints; those were taken.", plain)
        if value is None:
            return None
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(is_number(each) and 0 <= each <= MAX_POINTS for each in listed):
            fields.left(key, f"It is neither a number from 0 to {MAX_POINTS:g} nor a list of such numbers.", value)
            return None
        if len(listed) > MAX_ATTEMPTS:
            fields.left(key, f"It has {len(listed)} attempts; the first {MAX_ATTEMPTS} were taken.", value)
        fields.took(key, to)
        return [float(each) for each in listed[:MAX_ATTEMPTS]]

    def _minutes(self, fields: Fields, to: str) -> int | None:
        value = fields.raw("gradeRateMinutes")
        if value is None:
            return None
        if not is_number(value) or not 0 <= value <= MAX_MINUTES:
            fields.left("gradeRateMinutes", f"It is not a number of minutes from 0 to {MAX_MINUTES}.", value)
            return None
        rounded: int = math.ceil(value)
        if value != rounded:
            fields.left("gradeRateMinutes", f"Minutes are whole here; it became {rounded}.", value)
        fields.took("gradeRateMinutes", to)
        return rounded

    def _gate_and_roles(self, fields: Fields, table: Table) -> None:
        gate = fields.raw("advanceScorePerc")
        if gate is not None and (not is_number(gate) or not 0 <= gate <= 100):
            fields.left("advanceScorePerc", "It is not a percentage from 0 to 100.", gate)
        elif gate is not None:
            if gate != math.ceil(gate):
                fields.left("advanceScorePerc", f"Percent are whole here; it became {math.ceil(gate)}.", gate)
            fields.took("advanceScorePerc", "advance_score")
            table.put("advance_score", math.ceil(gate))
        for theirs, ours in (("canView", "can_view"), ("canSubmit", "can_submit")):
            if fields.is_null(theirs):
                fields.raw(theirs)
                fields.took(theirs, f"{ours}, every role")
                table.put(ours, list(self._roles) or None)
            else:
                table.put(ours, fields.texts(theirs, ours))
