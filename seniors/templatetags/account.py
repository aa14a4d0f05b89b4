"""The token of a form, and beside it the account that its page was made for (`signing_in`).

Every template has these without loading them (`settings.TEMPLATES`).
"""

from django import template
from django.http import HttpRequest
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from seniors.signing_in import ACCOUNT, account_of

register = template.Library()


class FormTokens(CsrfTokenNode):
    """Django's own, and the account: the form of a page left open is sent by nobody else."""

    def render(self, context: Context) -> str:
        """Two hidden fields; the token alone for who is not logged in."""
        token, whose = super().render(context), account(context)
        if not token or not whose:
            return token
        return token + format_html('<input type="hidden" name="{}" value="{}">', ACCOUNT, whose)


@register.tag("csrf_token")
def form_tokens(parser: Parser, token: Token) -> FormTokens:
    """In the place of Django's tag, so that no form does without."""
    return FormTokens()


@register.simple_tag(takes_context=True)
def account(context: Context) -> str:
    """The account that this page is made for, "" for nobody."""
    request: HttpRequest | None = getattr(context, "request", None)
    user = getattr(request, "user", None)
    return account_of(user) if user else ""
