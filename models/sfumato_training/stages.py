"""The stages of the training by name, without importing what they need: a machine may have only the half that it runs."""

PICTURE_STAGES = ("pictures", "autoencoder", "alignment", "latents", "denoiser", "export")
WRITER_STAGES = ("writer", "writer-export")
