"""Scripted minds behind real HTTP: what a chat brain meets when its model is good, careless or against it.

``competent`` plans from what stands in the request; ``sloppy`` means well and blunders in every other reply; ``hostile`` and ``liar``
claim what was not done and ask for what nobody may do. None knows anything of HierVLA but what a request tells.
"""
