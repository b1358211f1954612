package app

import (
	"context"
	"fmt"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// testTimeout is how long a connection test waits for one answer.
const testTimeout = 10 * time.Second

// SettingsService are the use cases of the settings page and command.
type SettingsService struct{ a *App }

// Get returns the settings in force. It does not block.
func (s *SettingsService) Get() model.Settings { return s.a.settings.Current() }

// Problem returns why the settings file could not be used; nil when it could.
func (s *SettingsService) Problem() error { return s.a.settings.Problem() }

// Save checks and keeps the settings, and the API key unless key is nil; an
// empty key removes it. A *model.SettingsError says what is wrong, field by field.
func (s *SettingsService) Save(ctx context.Context, settings model.Settings, key *string) error {
	began := s.a.now()
	err := s.save(ctx, settings, key)
	s.a.record(ctx, model.ActivitySettings, "save_settings", began, err)
	return err
}

func (s *SettingsService) save(ctx context.Context, settings model.Settings, key *string) error {
	if fields := settings.Validate(); len(fields) > 0 {
		return &model.SettingsError{Fields: fields}
	}
	if key != nil {
		if _, err := s.a.secrets.SetKey(ctx, *key); err != nil {
			return fmt.Errorf("keep the API key: %w", err)
		}
	}
	if err := s.a.settings.Save(ctx, settings); err != nil {
		return fmt.Errorf("save the settings: %w", err)
	}
	if key != nil { // the settings may be what they were
		s.apply(true)
		s.a.Events.Publish(event.Batch{Settings: true})
	}
	return nil
}

// apply makes the engine work with the settings and the key as they are now.
func (s *SettingsService) apply(keyChanged bool) {
	s.a.clients.renew(keyChanged)
	s.a.engine.Wake()
}

// Set keeps one setting by its name in the file. An edit by hand that was not
// read yet is kept.
func (s *SettingsService) Set(ctx context.Context, name, value string) error {
	began := s.a.now()
	err := s.a.settings.Set(ctx, name, value)
	s.a.record(ctx, model.ActivitySettings, "save_settings", began, err)
	return err
}

// SetKey keeps the API key and says where.
func (s *SettingsService) SetKey(ctx context.Context, key string) (model.KeyPlace, error) {
	if err := s.Save(ctx, s.Get(), &key); err != nil {
		return model.KeyPlace{}, err
	}
	return s.KeyPlace(ctx), nil
}

// KeyPlace says where the API key is kept.
func (s *SettingsService) KeyPlace(ctx context.Context) model.KeyPlace {
	_, place, err := s.a.secrets.Key(ctx)
	if err != nil {
		s.a.Log.WithError(err).Warn("look for the API key")
	}
	return place
}

// TestConnection tries an address with a key; a nil key stands for the kept one.
func (s *SettingsService) TestConnection(ctx context.Context, baseURL string, key *string) model.ConnectionReport {
	began := s.a.now()
	report := s.testConnection(ctx, baseURL, key)
	report.DurationMS = s.a.now().Sub(began).Milliseconds()
	return report
}

func (s *SettingsService) testConnection(ctx context.Context, baseURL string, key *string) model.ConnectionReport {
	secret := ""
	if key != nil {
		cleaned, err := CleanKey(*key)
		if err != nil {
			return model.ConnectionReport{Status: model.ConnectionWrongKey}
		}
		secret = cleaned
		s.a.Redactor.Hide(secret)
	} else if kept, _, err := s.a.secrets.Key(ctx); err == nil {
		secret = kept
	}
	client, err := gateway.New(gateway.Config{
		BaseURL: baseURL, APIKey: secret, Timeout: testTimeout, RetryAttempts: 1, UserAgent: "Buzon/" + Version,
	})
	if err != nil {
		return model.ConnectionReport{Status: model.ConnectionNotConfigured, Detail: s.a.Describe(err).Detail}
	}
	defer client.Close()
	probe := client.Probe(ctx)
	report := model.ConnectionReport{Generation: string(probe.Generation), Detail: s.a.Describe(probe.Err).Detail}
	switch probe.Outcome {
	case gateway.ProbeGood:
		report.Status = model.ConnectionGood
	case gateway.ProbeTLS:
		report.Status = model.ConnectionTLS
	case gateway.ProbeWrongKey:
		report.Status = model.ConnectionWrongKey
	case gateway.ProbeUnreachable:
		report.Status = model.ConnectionUnreachable
	default:
		report.Status = model.ConnectionNotGateway
	}
	if report.Status != model.ConnectionGood || probe.Generation != gateway.GenerationA {
		return report
	}
	if names, err := client.Sessions(ctx); err == nil {
		for _, n := range names {
			if name := model.SessionName(n); name.Valid() {
				report.Sessions = append(report.Sessions, name)
			}
		}
	}
	return report
}
