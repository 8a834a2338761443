"""Pictures and sounds of questions and their options: how editors put them, what a version keeps of them."""
