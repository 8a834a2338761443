"""The common base of the operators' pages of all parts: lists, forms that call actions, pages to read."""
