"""What `draw` gives for a tensor program."""

from __future__ import annotations

from html import escape

from glassgrad.jitting.tensors.presenting import TensorProgram
from glassgrad.show import look
from glassgrad.show.picture import Picture
from glassgrad.show.tensors.page import page
from glassgrad.show.theme import Theme, check_theme, style

_LINE = 20.0
_RULES = {"": "background:$paper", "text": f"font-family:{look.FONT};font-size:13px;fill:$ink"}


class ProgramPicture(Picture):
    """A tensor program: its lines, and on the page the scalars behind each."""

    def __init__(self, program: TensorProgram) -> None:
        self.program = program

    def svg(self, theme: Theme = "auto") -> str:
        """Write the lines as SVG; "auto" follows the system that shows it."""
        check_theme(theme)
        lines = str(self.program).splitlines()
        width = max(look.width_of(line, 13.0) for line in lines) + 40
        height = _LINE * len(lines) + 30
        texts = "".join(
            f'<text xml:space="preserve" x="20" y="{_LINE * k + 30:g}">{escape(line)}</text>'
            for k, line in enumerate(lines)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="program-{theme}" '
            f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
            f"<style>{style(_RULES, 'program', theme)}</style>"
            f"<title>{escape(self.program.name)}</title>{texts}</svg>\n"
        )

    def html(self, theme: Theme = "auto") -> str:
        """Write a page: choose a line to see the scalars it stands for."""
        check_theme(theme)
        return page(self.program, theme)

    def fragment(self) -> str:
        """Write the page as one element: a frame, in which its names can't meet another's."""
        return (
            f'<iframe srcdoc="{escape(self.html())}" title="{escape(self.program.name)}" '
            'style="width:100%;height:640px;border:0"></iframe>'
        )

    def text(self) -> str:
        """Write the program as it is printed."""
        return str(self.program)


def program_picture(program: TensorProgram) -> ProgramPicture:
    """Draw a tensor program."""
    return ProgramPicture(program)
