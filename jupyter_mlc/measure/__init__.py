"""How a model is judged: arrays in, numbers out.

`outcomes.outcome` checks what was true and what a model said; `judging.judge` gives its metrics with intervals;
`slices` does so by part, `comparing.compare` between candidates; `curves` gives what a chart draws; `overlap` counts
the rows that two datasets share. No model is run here.
"""
