"""How ExamDesk looks: colours, sizes, style sheet, icons and the code font, shared by both apps."""

from shared.look.fonts import CODE_FAMILY, code_font_files
from shared.look.icons import icon_names, icon_svg, status_icon
from shared.look.stylesheet import palette_roles, stylesheet
from shared.look.tips import plain_tip
from shared.look.tokens import (
    RADIUS,
    SPACE,
    Palette,
    Provenance,
    Status,
    StatusColours,
    Syntax,
    Theme,
    TypeScale,
    palette,
    type_scale,
)

__all__ = [
    "CODE_FAMILY",
    "RADIUS",
    "SPACE",
    "Palette",
    "Provenance",
    "Status",
    "StatusColours",
    "Syntax",
    "Theme",
    "TypeScale",
    "code_font_files",
    "icon_names",
    "icon_svg",
    "palette",
    "palette_roles",
    "plain_tip",
    "status_icon",
    "stylesheet",
    "type_scale",
]
