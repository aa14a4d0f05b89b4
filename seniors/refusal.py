"""What a door raises when a gesture cannot be made. Each door has its own kind."""


class Refusal(Exception):
    """`code` for programs; the sentence, in French, says what happened and what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
