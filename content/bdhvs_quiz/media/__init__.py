"""Pictures and sounds of questions and their options: editors' blocks, and the copies that a version keeps."""
