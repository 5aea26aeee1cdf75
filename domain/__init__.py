"""What do our words mean?

The words of the house: comments, flags, cases, states, orders, roles, errors, ports, the clock and the calendar.
Standard library only; everything here is a frozen value or a small Protocol, so that every other room can be read
with this one open beside it.
"""
