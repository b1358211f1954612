package app

import (
	"context"
	"errors"

	"github.com/xappiens/buzon/app/event"
)

// Examine lets the doctor look at everything for a data folder, beside a
// running Buzón too. report is called as each check ends; it may be nil.
func Examine(ctx context.Context, dataDir string, report func(Check)) (checks []Check, err error) {
	paths, err := NewPaths(dataDir)
	if err != nil {
		return nil, err
	}
	redactor := &Redactor{}
	secrets := NewSecrets(SecretsConfig{Paths: paths, Redactor: redactor})
	defer secrets.Close()
	if err := paths.Ensure(); err != nil {
		return nil, err
	}
	settings, err := OpenSettings(ctx, paths.SettingsFile, &event.Bus{}, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, settings.Close()) }()
	if report == nil {
		report = func(Check) {}
	}
	return NewDoctor(DoctorConfig{Paths: paths, Settings: settings, Secrets: secrets, Redactor: redactor}).Run(ctx, report), nil
}
