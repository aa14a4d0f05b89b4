"""The technical back office: territories only; records change through their own pages.

A site of our own rather than Django's, where the task runner and the log-in lock register screens
that run code or list log-ins.
"""

from django.contrib import admin
from django.http import HttpRequest

from seniors.enums import Role
from seniors.models import Territory


class BackOffice(admin.AdminSite):
    """Open to administrators that `createsuperuser` made."""

    site_header = site_title = "Bienveille"

    def has_permission(self, request: HttpRequest) -> bool:
        """A superuser whose role is still that of an administrator."""
        user = request.user
        return user.is_active and user.is_superuser and user.role == Role.ADMINISTRATOR


back_office = BackOffice(name="admin")


@admin.register(Territory, site=back_office)
class TerritoryAdmin(admin.ModelAdmin):
    """Names of the agencies; they are made by imports."""

    list_display = ("name", "code")
    search_fields = ("name",)

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Never: homes and accounts hang on it."""
        return False
