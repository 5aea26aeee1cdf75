"""How do people see and press in a browser? Pages drawn on the server, a little script for keys and live update.

`desk` says what the browser asks of the house, `html` draws, `guard` decides who comes in, `routes` ties them together.
"""
