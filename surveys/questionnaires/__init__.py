"""Questionnaires as data: read, checked, compared, told as code books and XLSForms."""
