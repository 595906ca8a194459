"""One question of the course to a folder of the exam: text, starter files, data."""

import re
from pathlib import Path, PurePosixPath
from typing import Any

from examdesk.importing.prairielearn.assessment import Wanted
from examdesk.importing.prairielearn.course import Course
from examdesk.importing.prairielearn.markdown import Converted, Editor, to_markdown
from examdesk.importing.prairielearn.reasons import QUESTION
from examdesk.importing.prairielearn.report import Report
from examdesk.importing.prairielearn.source import Fields, read_json
from shared.exam.paths import path_mistake
from shared.problems import InputProblem

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp")
_SERVER = "Programs run on the student's PC only; nothing of a question is worked out at a server."
_TESTS = "The grader's tests need PrairieLearn's library; rewrite them as checks."
_WORKSPACE = re.compile(r"^(workspace|workspaceTemplates)/(.+)$")
MAX_TEXT = 200


class QuestionReader:
    """Adds a wanted question's files to the exam's."""

    def __init__(self, course: Course, files: dict[str, bytes], report: Report) -> None:
        self._course = course
        self._files = files
        self._report = report

    def read(self, wanted: Wanted) -> None:
        """Take what is there; what is not is named."""
        folder = self._folder(wanted)
        if folder is None:
            reason = "Its folder is not in the course's questions; write the text."
            self._report.left(wanted.file, wanted.place, reason, wanted.theirs)
            self._put(
                wanted, "question.md", f"# {wanted.theirs}\n\nThe text of this question was not there.\n".encode()
            )
            return
        title = self._info(wanted, folder)
        prompt = self._prompt(folder)
        below = self._course.below(folder)
        shown = self._client_files(wanted, folder, below, prompt)
        text = prompt.text or "The text of this question was not there.\n"
        self._put(wanted, "question.md", f"# {title}\n\n{shown(text)}".encode())
        self._starter(wanted, folder, below, prompt)
        self._others(below)

    def _folder(self, wanted: Wanted) -> Path | None:
        root = self._course.root
        parts = PurePosixPath(wanted.theirs).parts
        if root is None or ".." in parts or path_mistake(wanted.theirs):
            return None
        folder = root / "questions" / Path(*parts)
        inside = folder.is_dir() and folder.resolve().is_relative_to(root.resolve())
        return folder if inside else None

    # -- info.json

    def _info(self, wanted: Wanted, folder: Path) -> str:
        called = self._course.called(folder / "info.json")
        data = self._course.read(folder / "info.json")
        if data is None:
            self._report.left(called, "info.json", "It is not there or can't be read.")
            return wanted.theirs
        try:
            fields = Fields(read_json(data, called, self._report), called, "", self._report)
        except InputProblem as problem:
            self._report.left(called, "info.json", problem.sentence)
            return wanted.theirs
        title = fields.text("title", "the heading of question.md", MAX_TEXT) or wanted.theirs
        wanted.entry.comments += fields.comment("topic", "secondaryTopics", "tags", "comment", "comments")
        self._grading(wanted, fields)
        fields.finish(QUESTION)
        return title

    def _grading(self, wanted: Wanted, fields: Fields) -> None:
        method = fields.raw("gradingMethod")
        if method is None:
            return
        if method == "Manual" and wanted.plain_points and wanted.entry.values.get("points"):
            points = wanted.entry.values.pop("points")
            wanted.entry.put("manual_points", points[0])
            fields.took("gradingMethod", "manual_points")
            return
        fields.left("gradingMethod", QUESTION["gradingMethod"], method)

    # -- question.html

    def _prompt(self, folder: Path) -> Converted:
        where = folder / "question.html"
        data = self._course.read(where)
        called = self._course.called(where)
        if data is None:
            self._report.left(called, "question.html", "It is not there or can't be read; write the question's text.")
            return Converted()
        found = to_markdown(data.decode("utf-8", "replace"), lambda target: target, panels=True)
        self._report.took(called, "question.html", "question.md")
        for name, reason, value in found.left:
            self._report.left(called, name, reason, value)
        return found

    def _client_files(self, wanted: Wanted, folder: Path, below: dict[str, Path], prompt: Converted) -> Any:
        """Pictures go to images/, other files that students may read to data/; returns how the text names them now."""
        moved: dict[str, str] = {}
        for path in [each for each in below if each.startswith("clientFilesQuestion/")]:
            name = path.partition("/")[2]
            kind = "images" if name.lower().endswith(_PICTURES) else "data"
            if self._take(wanted, folder, below.pop(path), f"{kind}/{name}"):
                moved[name] = f"{kind}/{name}"
        for name in prompt.pictures:
            if name not in moved and "{{" not in name:
                self._report.left(self._course.called(folder / "question.html"), "picture", "It is not there.", name)

        def shown(text: str) -> str:
            for name, path in moved.items():
                marks = (
                    rf"(?:\{{{{\s*options\.client_files_question_url\s*\}}}}/|clientFilesQuestion/)?{re.escape(name)}"
                )
                text = re.sub(rf"\]\({marks}\)", f"]({path})", text)
            return text

        return shown

    # -- starter files

    def _starter(self, wanted: Wanted, folder: Path, below: dict[str, Path], prompt: Converted) -> None:
        names: list[str] = []
        for editor in prompt.editors:
            names += self._from_editor(wanted, folder, below, editor)
        for path in list(below):
            match = _WORKSPACE.match(path)
            if match is not None and self._take(wanted, folder, below.pop(path), f"starter/{match[2]}"):
                names.append(match[2])
        if not names:
            initial = below.pop("tests/initial_code.py", None)
            target = next((each for each in prompt.uploads if each.endswith(".py")), "main.py")
            if initial is not None and self._take(wanted, folder, initial, f"starter/{target}"):
                names.append(target)
        programs = [name for name in names if name.endswith(".py")]
        if len(programs) > 1 and "main.py" not in programs:
            wanted.entry.put("main", programs[0])
        if names and not programs:
            called = self._course.called(folder)
            self._report.left(
                called, "starter", "None of the files is Python, and ExamDesk runs Python.", ", ".join(names)
            )

    def _from_editor(self, wanted: Wanted, folder: Path, below: dict[str, Path], editor: Editor) -> list[str]:
        html = self._course.called(folder / "question.html")
        if not editor.file:
            self._report.left(html, "<pl-file-editor>", "It has no file-name.")
            return []
        source = editor.source
        if source and editor.directory not in ("", ".", "question"):
            source = f"{editor.directory}/{source}"
        if source and source in below:
            taken = self._take(wanted, folder, below.pop(source), f"starter/{editor.file}")
            return [editor.file] if taken else []
        if source:
            self._report.left(html, "<pl-file-editor>", "The file that it starts with is not there.", source)
        text = editor.text.rstrip() + "\n" if editor.text.strip() else ""
        return [editor.file] if self._put(wanted, f"starter/{editor.file}", text.encode()) else []

    def _take(self, wanted: Wanted, folder: Path, path: Path, target: str) -> bool:
        data = self._course.read(path)
        called = self._course.called(path)
        if data is None:
            self._report.left(called, path.name, "It is too large, can't be read, or leads out of the course.")
            return False
        if target.startswith("starter/") and not _is_text(data):
            target = f"data/{target.partition('/')[2]}"
        if self._put(wanted, target, data):
            self._report.took(called, path.relative_to(folder).as_posix(), f"questions/{wanted.ours}/{target}")
            return True
        return False

    def _put(self, wanted: Wanted, target: str, data: bytes) -> bool:
        """Add a file unless its name won't do or is taken."""
        path = f"questions/{wanted.ours}/{target}"
        mistake = path_mistake(path) or path_mistake(target.partition("/")[2] or target)
        within = {each.split("/", 3)[-1].casefold() for each in self._files if _is_material(each, wanted.ours)}
        parts = target.split("/", 1)
        if parts[0] in ("starter", "data") and parts[1].casefold() in within:
            mistake = "is there twice"
        if mistake:
            self._report.left(path, target, f"The file's name {mistake}; it was left out.")
            return False
        self._files[path] = data
        return True

    def _others(self, below: dict[str, Path]) -> None:
        """Everything else in the question's folder, by name."""
        for path, where in below.items():
            if path in ("info.json", "question.html"):
                continue
            reason = _TESTS if path.startswith("tests/") else _SERVER
            self._report.left(self._course.called(where), path, reason)


def _is_material(path: str, question: str) -> bool:
    return path.startswith((f"questions/{question}/starter/", f"questions/{question}/data/"))


def _is_text(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False
