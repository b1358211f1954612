package sync

import (
	"context"
	"errors"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

var (
	// ErrBusy says that the same work is under way or waiting already.
	ErrBusy = errors.New("the same work is running already")
	// ErrClosed says that the engine is not running.
	ErrClosed = errors.New("the engine is not running")
	// ErrUnknownSession says that the engine does not serve the session.
	ErrUnknownSession = errors.New("the session is not known")
	// ErrOtherAccount says that the session was paired with another account than
	// the one whose messages are held under its name.
	ErrOtherAccount = errors.New("the session belongs to another account now")
	// ErrUnknownOutcome says that a message may or may not have been sent.
	ErrUnknownOutcome = errors.New("it is not known whether the message was sent")
)

// ProblemKind classes an error of the gateway or the engine in an owner's
// terms. Errors of neither give ProblemInternal.
func ProblemKind(err error) model.ProblemKind {
	switch {
	case errors.Is(err, ErrBusy):
		return model.ProblemBusy
	case errors.Is(err, ErrUnknownOutcome):
		return model.ProblemUnknownOutcome
	case errors.Is(err, ErrOtherAccount):
		return model.ProblemOtherAccount
	case errors.Is(err, ErrUnknownSession):
		return model.ProblemNotFound
	case errors.Is(err, ErrClosed):
		return model.ProblemCanceled
	case errors.Is(err, errCutOff):
		return model.ProblemMalformed
	case errors.Is(err, errMediaTooLarge):
		return model.ProblemMediaTooLarge
	}
	var said interface{ ProblemKind() model.ProblemKind } // what keeps the files knows what its disk is up to
	if errors.As(err, &said) {
		return said.ProblemKind()
	}
	if kind := gateway.KindOf(err); kind != gateway.KindNone {
		if cutOff(err) {
			return model.ProblemMalformed
		}
		if noGateway(err) {
			return model.ProblemNotGateway
		}
		return gatewayProblem(kind)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return model.ProblemTimeout
	case errors.Is(err, context.Canceled):
		return model.ProblemCanceled
	}
	return model.ProblemInternal
}

// cutOff tells whether the gateway began to answer and the connection broke
// then: it is there, so it would be wrong to say that nothing answers.
func cutOff(err error) bool {
	var e *gateway.Error
	return errors.As(err, &e) && e.Kind == gateway.KindUnreachable && e.Status != 0
}

// noGateway tells whether something else answers at the address: every gateway
// has these two calls and answers them with text or JSON (contract §4.1), so an
// unknown path or a web page there comes from another server.
func noGateway(err error) bool {
	var e *gateway.Error
	if !errors.As(err, &e) || e.Op != "Ping" && e.Op != "SessionStatus" {
		return false
	}
	return e.Kind == gateway.KindEndpointMissing || e.Kind == gateway.KindMalformed && e.Err == nil
}

func gatewayProblem(kind gateway.Kind) model.ProblemKind {
	problems := map[gateway.Kind]model.ProblemKind{
		gateway.KindNotConfigured:       model.ProblemNotConfigured,
		gateway.KindDisabled:            model.ProblemDisabled,
		gateway.KindUnreachable:         model.ProblemUnreachable,
		gateway.KindTLS:                 model.ProblemTLS,
		gateway.KindTimeout:             model.ProblemTimeout,
		gateway.KindCanceled:            model.ProblemCanceled,
		gateway.KindUnauthorized:        model.ProblemUnauthorized,
		gateway.KindInvalidSessionName:  model.ProblemSessionName,
		gateway.KindAlreadyExists:       model.ProblemAlreadyExists,
		gateway.KindStartFailed:         model.ProblemStartFailed,
		gateway.KindSessionNotFound:     model.ProblemSessionStopped,
		gateway.KindSessionNotConnected: model.ProblemNotConnected,
		gateway.KindSessionBroken:       model.ProblemSessionBroken,
		gateway.KindNotReady:            model.ProblemNotReady,
		gateway.KindEndpointMissing:     model.ProblemUnsupported,
		gateway.KindNoWebSocket:         model.ProblemUnsupported,
		gateway.KindInvalidChat:         model.ProblemInvalidChat,
		gateway.KindNotOnWhatsApp:       model.ProblemNotOnWhatsApp,
		gateway.KindNotFound:            model.ProblemNotFound,
		gateway.KindMediaGone:           model.ProblemMediaGone,
		gateway.KindRefused:             model.ProblemRefused,
		gateway.KindTooLarge:            model.ProblemTooLarge,
		gateway.KindRateLimited:         model.ProblemRateLimited,
		gateway.KindServer:              model.ProblemServer,
		gateway.KindMalformed:           model.ProblemMalformed,
		gateway.KindRedirected:          model.ProblemRedirected,
		gateway.KindInvalidRequest:      model.ProblemInvalidInput,
		gateway.KindKeyUnreadable:       model.ProblemKeyring,
	}
	if p, ok := problems[kind]; ok {
		return p
	}
	return model.ProblemInternal
}

// gatewaySaid returns the gateway's own sentence in an error's chain, "" when there is none.
func gatewaySaid(err error) string {
	var e *gateway.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}

// errorDetail is what an activity row keeps of an error. The gateway's package
// keeps keys and numbers out of its errors; the sentence may hold an id.
func errorDetail(err error) string {
	if err == nil {
		return ""
	}
	return model.CleanLine(err.Error(), 500)
}
