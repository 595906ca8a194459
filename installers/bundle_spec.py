"""The steps that both specs share, with PyInstaller's own names handed in by the spec."""

import sys
from pathlib import Path
from typing import Any

from installers.bundles import ROOT, SPARE, Bundle, Program, version

BASE = ROOT / "installers"
Entry = tuple[str, str, str]
"""PyInstaller's: name in the bundle, where it comes from, kind."""


def icon(bundle: Bundle, platform: str = sys.platform) -> str | None:
    """Return the executable's icon, where the system keeps it in the executable."""
    kind = {"win32": "ico", "darwin": "icns"}.get(platform)
    return str(BASE / "icons" / f"{bundle.name}.{kind}") if kind else None


def analysis_arguments(bundle: Bundle, metadata: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what `Analysis` is called with; `metadata` says which version is installed."""
    return {
        "scripts": [str(BASE / "start" / program.script) for program in bundle.programs],
        "pathex": [str(ROOT)],
        "datas": [(str(path), folder) for path, folder in bundle.data_files()] + metadata,
        "hiddenimports": [*bundle.modules(), *bundle.imports],
        "excludes": bundle.excluded(),
        "noarchive": False,
    }


def used(files: list[Entry]) -> list[Entry]:
    """Return what is left of a bundle's libraries without those that nothing of ours uses."""
    return [entry for entry in files if not Path(entry[0]).name.startswith(SPARE)]


def scripts_of(program: Program, bundle: Bundle, scripts: list[Entry]) -> list[Entry]:
    """Return the scripts of one executable: PyInstaller's own, and of ours just the one that it starts with."""
    others = {Path(other.script).stem for other in bundle.programs if other is not program}
    return [script for script in scripts if script[0] not in others]


def exe_arguments(program: Program, bundle: Bundle) -> dict[str, Any]:
    """Return what `EXE` is called with."""
    return {
        "name": program.name,
        "exclude_binaries": True,
        "upx": False,  # packed executables alarm virus scanners
        "console": not program.window,
        # On Windows the hub starts from a window: its console, which nobody asked for, is hidden.
        "hide_console": "hide-early" if sys.platform == "win32" and not program.window else None,
        "icon": icon(bundle),
    }


def app_arguments(bundle: Bundle) -> dict[str, Any]:
    """Return what `BUNDLE` is called with, on macOS."""
    return {
        "name": f"{bundle.title}.app",
        "icon": icon(bundle),
        "bundle_identifier": f"org.examdesk.{bundle.app}",
        "version": version(),
        "info_plist": {
            "NSHighResolutionCapable": True,
            "NSBonjourServices": ["_examdesk._tcp"],
            "NSLocalNetworkUsageDescription": "ExamDesk finds exams on the classroom's network and takes part in them.",
        },
    }
