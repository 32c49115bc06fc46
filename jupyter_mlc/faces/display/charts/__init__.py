"""Curves as Vega-Lite v5, which JupyterLab draws without asking anybody; a saved notebook keeps them."""
