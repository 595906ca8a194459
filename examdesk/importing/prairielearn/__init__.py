"""PrairieLearn assessments: `infoAssessment.json` and the course folder around it."""
