"""The review "Miten onnistuimme?": one list of facts, told in three languages, on the web and as a PDF."""
