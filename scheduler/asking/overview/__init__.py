"""How a practice stands, in numbers: counts, lateness, money, the hours ahead, health. It changes nothing.

Each question is answered from an index, so that a million jobs do not make the first page slow.
"""
