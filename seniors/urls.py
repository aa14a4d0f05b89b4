"""Every address of the site."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

from seniors.admin import back_office
from seniors.signing_in import LoginView

urlpatterns = [
    path("", include("visits.urls.home")),
    path(
        "connexion/",
        LoginView.as_view(),
        name="login",
    ),
    path("deconnexion/", auth_views.LogoutView.as_view(), name="logout"),
    path(
        "mon-compte/",
        auth_views.PasswordChangeView.as_view(success_url="/"),
        name="password_change",
    ),
    path(
        "accessibilite/",
        login_not_required(TemplateView.as_view(template_name="accessibility.html")),
        name="accessibility",
    ),
    path("seniors/", include("seniors.views.urls")),
    path("", include("surveys.urls")),  # enquetes/, and enquete/ in public
    path("", include("visits.urls")),
    path("", include("visits.urls.public")),
    path("transmission/", include("visits.urls.referral")),
    path("administration/", back_office.urls),
]
