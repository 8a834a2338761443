"""What the operators' pages of all parts are made of: lists, forms that call actions, pages to read."""
