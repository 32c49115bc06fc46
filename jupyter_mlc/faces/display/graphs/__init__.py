"""Pictures of how things hang together and of how they went, drawn by a notebook's style sheet.

What is drawn are the very words of the page, put in their places: where a front end removes the style (an untrusted
notebook), lists and tables remain.
"""
