package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/gateway"
)

// ownKind is an error that knows its kind.
type ownKind struct{ error }

func (ownKind) ProblemKind() model.ProblemKind { return model.ProblemMediaGone }

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind model.ProblemKind
	}{
		{&gateway.Error{Op: "Ping", Kind: gateway.KindMalformed}, model.ProblemNotGateway},
		{&gateway.Error{Op: "Ping", Kind: gateway.KindEndpointMissing}, model.ProblemNotGateway},
		{&gateway.Error{Op: "SessionStatus", Kind: gateway.KindMalformed}, model.ProblemNotGateway},
		{&gateway.Error{Op: "SessionStatus", Kind: gateway.KindEndpointMissing}, model.ProblemNotGateway},
		{&gateway.Error{Op: "SessionStatus", Kind: gateway.KindMalformed, Err: io.ErrUnexpectedEOF}, model.ProblemMalformed},
		{&gateway.Error{Op: "Reply", Kind: gateway.KindEndpointMissing}, model.ProblemUnsupported},
		{&gateway.Error{Op: "Chats", Kind: gateway.KindMalformed}, model.ProblemMalformed},
		{&gateway.Error{Op: "Chats", Kind: gateway.KindUnauthorized}, model.ProblemUnauthorized},
		{&gateway.Error{Op: "Chats", Kind: gateway.KindUnreachable, Err: context.DeadlineExceeded}, model.ProblemUnreachable},
		{store.ErrNewerSchema, model.ProblemStoreNewer},
		{store.ErrFull, model.ProblemDiskFull},
		{store.ErrReadOnly, model.ProblemReadOnly},
		{store.ErrCorrupt, model.ProblemStoreCorrupt},
		{store.ErrBusy, model.ProblemStore},
		{store.ErrNotFound, model.ProblemNotFound},
		{wasync.ErrBusy, model.ProblemBusy},
		{wasync.ErrUnknownOutcome, model.ProblemUnknownOutcome},
		{app.ErrSettingsInvalid, model.ProblemSettingsInvalid},
		{errors.Join(app.ErrSettingsWrite, os.ErrPermission), model.ProblemSettingsWrite},
		{app.ErrAlreadyRunning, model.ProblemAlreadyRunning},
		{&model.SettingsError{}, model.ProblemInvalidInput},
		{model.ErrInvalidJID, model.ProblemInvalidChat},
		{context.Canceled, model.ProblemCanceled},
		{context.DeadlineExceeded, model.ProblemTimeout},
		{os.ErrPermission, model.ProblemReadOnly},
		{ownKind{errors.New("x")}, model.ProblemMediaGone},
		{errors.New("anything"), model.ProblemInternal},
	} {
		wrapped := fmt.Errorf("do something: %w", c.err)
		p := app.Describe(wrapped)
		require.Equal(t, c.kind, p.Kind, c.err)
		require.Contains(t, model.ProblemKinds(), p.Kind)
		require.Contains(t, p.Detail, "do something", "the whole chain is in the detail")
	}
	require.Equal(t, model.Problem{}, app.Describe(nil))
}

func TestEveryKindOfTheGatewayIsDescribed(t *testing.T) {
	for _, kind := range []gateway.Kind{
		gateway.KindNotConfigured, gateway.KindDisabled, gateway.KindUnreachable, gateway.KindTLS, gateway.KindTimeout, gateway.KindCanceled,
		gateway.KindUnauthorized, gateway.KindInvalidSessionName, gateway.KindAlreadyExists, gateway.KindStartFailed, gateway.KindSessionNotFound,
		gateway.KindSessionNotConnected, gateway.KindSessionBroken, gateway.KindNotReady, gateway.KindEndpointMissing, gateway.KindNoWebSocket,
		gateway.KindInvalidChat, gateway.KindNotOnWhatsApp, gateway.KindNotFound, gateway.KindMediaGone, gateway.KindRefused, gateway.KindTooLarge,
		gateway.KindRateLimited, gateway.KindServer, gateway.KindMalformed, gateway.KindRedirected, gateway.KindInvalidRequest,
	} {
		require.NotEqual(t, model.ProblemInternal, app.Describe(&gateway.Error{Op: "X", Kind: kind}).Kind, kind)
	}
}

func TestDescribeHidesWhatIsPrivate(t *testing.T) {
	r := &app.Redactor{}
	r.Hide(testKey)
	said := "no chat 34600111222@c.us with \x1b[31m" + testKey + strings.Repeat(" long", 1000)
	p := r.Describe(fmt.Errorf("open 34600111222@c.us: %w", &gateway.Error{Op: "ChatByID", Kind: gateway.KindNotFound, Message: said}))
	for _, text := range []string{p.Said, p.Detail} {
		require.NotContains(t, text, "34600111222")
		require.NotContains(t, text, "k3y")
		require.NotContains(t, text, "\x1b")
		require.LessOrEqual(t, len(text), 4096)
	}
	require.Contains(t, p.Said, "no chat")
}

// The engine tells of a failed sync in the report, the activity and the window,
// long before the error comes to this package.
func TestTheEngineKnowsTheProblemsOfTheStore(t *testing.T) {
	for err, want := range map[error]model.ProblemKind{
		store.ErrFull: model.ProblemDiskFull, store.ErrReadOnly: model.ProblemReadOnly, store.ErrCorrupt: model.ProblemStoreCorrupt,
		store.ErrNewerSchema: model.ProblemStoreNewer, store.ErrBusy: model.ProblemStore,
	} {
		require.Equal(t, want, wasync.ProblemKind(fmt.Errorf("write the messages: %w", err)), err)
	}
}
