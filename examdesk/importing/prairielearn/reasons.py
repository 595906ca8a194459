"""Why fields of PrairieLearn have no place in an exam of ExamDesk, by their names there."""

_NO_GRADES = "ExamDesk monitors and records; it works out no grades."
_ONE_VARIANT = "A question is one fixed text; there are no variants of it."
_HERE = "Exams of ExamDesk are sat in its own window on the classroom's network."

ASSESSMENT = {
    "maxPoints": f"{_NO_GRADES} A zone's maxPoints is kept.",
    "maxBonusPoints": _NO_GRADES,
    "constantQuestionValue": _NO_GRADES,
    "constantForceMaxPoints": _NO_GRADES,
    "forceMaxPoints": _NO_GRADES,
    "triesPerVariant": _ONE_VARIANT,
    "studentGroupChooseName": "Groups have no names that students choose.",
    "shareSourcePublicly": "An exam folder is shared by handing it on.",
    "tools": "The desk's tools are set in [desk].",
    "preferences": "Questions take no settings from the exam.",
    "options": "These belong to an older kind of assessment.",
    "lockpoint": "Zones are not locked one after the other.",
    "canLeaveLockpoint": "Zones are not locked one after the other.",
    "assessmentInstancePerStudent": "Each student has one session.",
    "canAssignRoles": "It is kept with each role of [groups].",
    "points": "Points stand with questions.",
    "numberChoose": "Only a zone and a group of alternatives choose.",
    "allowRealTimeGrading": "Whether results are shown holds for the whole exam (checks.show_results).",
}
ACCESS = {
    "mode": f"{_HERE} There is no other mode.",
    "credit": _NO_GRADES,
    "password": "Students get in with the room's code or a personal one, which the hub makes.",
    "examUuid": "PrairieTest does not take part; set the times here.",
    "seriesUuid": "PrairieTest does not take part; set the times here.",
    "showClosedAssessmentScore": f"{_NO_GRADES} There is no score to show.",
    "SEBConfig": _HERE,
    "role": "Access rules are for students; staff have roles at the hub.",
    "id": "Rules have no ids; they count from 1.",
}
ACCESS_CONTROL = {
    "integrations": "PrairieTest does not take part; set the times here.",
    "beforeRelease": "An exam on the network appears by itself; hide it with draft = true.",
    "listBeforeRelease": "An exam on the network appears by itself; hide it with draft = true.",
    "earlyDeadlines": f"{_NO_GRADES} An early deadline changes only credit.",
    "lateDeadlines": f"{_NO_GRADES} The exam closes at due.date.",
    "afterLastDeadline": f"{_NO_GRADES} The exam closes at due.date.",
    "credit": _NO_GRADES,
    "password": ACCESS["password"],
    "score": f"{_NO_GRADES} There is no score to show.",
    "visibleFromDate": "Students read their work after the end at once or not at all.",
    "visibleUntilDate": "Students read their work after the end at once or not at all.",
    "hideQuestions": "Write it as afterComplete.questions.hidden.",
    "id": ACCESS["id"],
}
QUESTION_PLACE = {
    **ASSESSMENT,
    "maxAutoPoints": _NO_GRADES,
    "maxPoints": f"{_NO_GRADES} Points per attempt are kept.",
    "bestQuestions": "Only a zone counts its best questions.",
}
QUESTION = {
    "uuid": "A question is known by the name of its folder.",
    "type": "Every question is a program that the student writes.",
    "gradingMethod": _NO_GRADES,
    "singleVariant": _ONE_VARIANT,
    "showCorrectAnswer": "There is no answer to show.",
    "partialCredit": _NO_GRADES,
    "externalGradingOptions": "Programs run on the student's PC; rewrite the grader as checks.",
    "workspaceOptions": "Students work in ExamDesk's editor; only the workspace's files were taken.",
    "shareSourcePublicly": "An exam folder is shared by handing it on.",
    "sharePublicly": "An exam folder is shared by handing it on.",
    "sharingSets": "An exam folder is shared by handing it on.",
    "dependencies": "The desk loads no scripts or styles.",
    "clientFiles": "All files of clientFilesQuestion were taken.",
    "options": "These belong to an older kind of question.",
    "template": "Templates are not put in; copy their text.",
    "preferences": "Questions take no settings from the exam.",
    "authors": "Authors are not part of an exam.",
    "feedback": _NO_GRADES,
}
"""Reasons for fields of info.json."""
