"""The stock under the landlord's own label, and the vacant dwellings that someone needs."""
