"""Accounts, for the administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from seniors import accounts
from seniors.access import roles
from seniors.account_forms import AccountForm
from seniors.enums import Role
from seniors.models import User

only_administrator = roles(Role.ADMINISTRATOR)


@require_GET
@only_administrator
def account_list(request: HttpRequest) -> HttpResponse:
    """Everyone who may log in, and those who no longer may."""
    users = User.objects.prefetch_related("territories").order_by("-is_active", "last_name")
    return render(request, "seniors/account_list.html", {"users": users})


@never_cache
@require_http_methods(["GET", "POST"])
@only_administrator
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account; its temporary password is shown once."""
    form = AccountForm(request.POST or None)
    if form.is_valid():
        user, password = accounts.open_account(
            fields=form.own_fields, territories=form.cleaned_data["territories"], by=request.user
        )
        context = {"account": user, "password": password}
        return render(request, "seniors/account_password.html", context)
    status = 422 if form.errors else 200
    return render(request, "seniors/account_edit.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@only_administrator
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an account, or close it."""
    user = get_object_or_404(User, pk=pk)
    form = AccountForm(request.POST or None, instance=get_object_or_404(User, pk=pk))
    if form.is_valid():
        places = form.cleaned_data["territories"]
        try:
            accounts.change_account(
                user, fields=form.own_fields, territories=places, by=request.user
            )
        except accounts.AccountRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Le compte de {user} est à jour.")
            return redirect("seniors:account-list")
    context = {"form": form, "account": user}
    status = 422 if form.errors else 200
    return render(request, "seniors/account_edit.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@only_administrator
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new temporary password, after a confirmation; it is shown once."""
    context = {"account": get_object_or_404(User, pk=pk)}
    if request.method == "POST":
        context["password"] = accounts.reset_password(context["account"], by=request.user)
    return render(request, "seniors/account_password.html", context)
