"""Pure values and rules of shipping: addresses, parcels, rates, labels. No input or output."""
