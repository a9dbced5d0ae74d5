"""The stages of the training by name, without importing what they need: a machine may have only the half that it runs."""

PICTURE_STAGES = ("pictures", "encoder", "examples", "autoencoder", "alignment", "denoiser", "judge", "export")
WRITER_STAGES = ("writer", "writer-export")
GRADER = "grader"  # measures, and is no part of what ships
