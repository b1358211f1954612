package settings

// PreviewRestore is what follows once a backup was chosen in the dialog for files.
func (s *Screen) PreviewRestore(path string) { s.form.safety.preview(path) }
