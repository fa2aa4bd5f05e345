"""A drawing as SVG, in light colours, or in dark ones where the reader prefers these."""

from html import escape
from typing import Final

from leaderboard.line_chart import Drawing, Role, Spot, Stroke, Words
from leaderboard.visible_text import visible

LIGHT: Final[dict[Role, str]] = {
    "ground": "#ffffff",
    "ink": "#1f2328",
    "grid": "#d8dee4",
    "first": "#0969da",
    "second": "#c4560a",
    "third": "#1a7f5a",
    "fourth": "#8250df",
    "fifth": "#9a6700",
    "sixth": "#bf3989",
}
DARK: Final[dict[Role, str]] = {
    "ground": "#0d1117",
    "ink": "#e6edf3",
    "grid": "#30363d",
    "first": "#58a6ff",
    "second": "#f0883e",
    "third": "#3fb98a",
    "fourth": "#bc8cff",
    "fifth": "#d4a72c",
    "sixth": "#f778ba",
}


def chart_svg(drawing: Drawing) -> str:
    """The picture; every text is escaped."""
    size = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width}" '
        f'height="{drawing.height}" {size} font-family="system-ui, sans-serif">',
        f"<title>{escape(visible(drawing.title))}</title>",
        "<style>",
        *_rules(LIGHT),
        "@media (prefers-color-scheme: dark) {",
        *_rules(DARK),
        "}",
        "</style>",
        '<rect class="f-ground" width="100%" height="100%"/>',
        *map(_mark, drawing.marks),
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def inline_chart(drawing: Drawing) -> str:
    """The picture as a part of a page, whose style sheet has `palette_rules`."""
    parts = [
        f'<svg viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" '
        f'height="{drawing.height}" role="img">',
        f"<title>{escape(visible(drawing.title))}</title>",
        *map(_mark, drawing.marks),
        "</svg>",
    ]
    return "\n".join(parts)


def palette_rules() -> str:
    """The same colours for pictures in a page, whose theme a reader can switch (`data-theme`)."""
    both = {role: f"light-dark({LIGHT[role]}, {DARK[role]})" for role in LIGHT}
    return "".join(f"{rule}\n" for rule in _rules(both))


def _rules(colours: dict[Role, str]) -> list[str]:
    return [
        f".f-{role} {{ fill: {colour} }} .s-{role} {{ stroke: {colour}; fill: none }}"
        for role, colour in colours.items()
    ]


def _mark(mark: Stroke | Spot | Words) -> str:
    if isinstance(mark, Stroke):
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.points)
        return (
            f'<polyline class="s-{mark.role}" stroke-width="{mark.width:g}" '
            f'opacity="{mark.opacity:g}" stroke-linejoin="round" points="{places}"/>'
        )
    if isinstance(mark, Spot):
        place = f'cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:g}"'
        return f'<circle class="f-{mark.role}" {place}/>'
    weight = ' font-weight="bold"' if mark.bold else ""
    return (
        f'<text class="f-ink" x="{mark.x:.1f}" y="{mark.y:.1f}" font-size="{mark.size}" '
        f'text-anchor="{mark.anchor}"{weight}>{escape(visible(mark.text))}</text>'
    )
