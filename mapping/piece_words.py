"""What people call one piece, in Spanish and English: a quantity of them is a bare quantity."""

_WORDS = """
u ud uds und unds unid unids unidad unidades pz pza pzas pieza piezas
pc pcs pce pces piece pieces unit units ea each
"""
PIECE_WORDS = frozenset(_WORDS.split())
"""Folded: no capitals, accents or dots."""
