"""The pages: one file each, with the constant `PAGE` (`serving.web.page`)."""
