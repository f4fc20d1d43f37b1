"""A stand-in for ShipStation API V2: rules, a ledger of charges, label papers.

Imports nothing else of the package.
"""
