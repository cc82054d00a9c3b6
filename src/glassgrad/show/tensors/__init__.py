"""Pictures of tensor programs: the tensors, and beside each the scalars that it is made of."""
