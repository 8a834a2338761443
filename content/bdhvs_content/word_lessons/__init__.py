"""Import of a Word file as the draft of a lesson: `plan` tells what would come of it, `making` writes it once its
editor has agreed, `keeping` has the file meanwhile; `findings` are the sentences about what is doubtful or left out."""
