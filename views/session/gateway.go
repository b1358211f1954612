package session

import (
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// GatewayAway tells why nobody can say how a session is, "" when that can be said.
// What is known of the gateway now goes before what was written down of the session,
// which is as old as the last look: the strip and the cards must not say two things.
func GatewayAway(s model.Session, now model.ProblemKind) model.ProblemKind {
	if now != "" {
		return now
	}
	if known(s.State) != model.StateUnknown {
		return ""
	}
	switch kind := model.ProblemKind(s.StateDetail); kind {
	case model.ProblemUnauthorized, model.ProblemRedirected, model.ProblemNotGateway, model.ProblemUnreachable, model.ProblemTLS:
		return kind
	}
	return ""
}

// GatewayStanding returns the sign and the word for a gateway that is of no use.
func GatewayStanding(ctx *ui.Context, why model.ProblemKind) (widgets.Status, string) {
	switch why {
	case model.ProblemNotConfigured:
		return widgets.StatusOff, ctx.T("main.status.no_gateway")
	case model.ProblemDisabled:
		return widgets.StatusOff, ctx.T("main.status.disabled")
	case model.ProblemUnauthorized:
		return widgets.StatusBad, ctx.T("main.status.refused") // it is there
	}
	return widgets.StatusBad, ctx.T("main.status.unreachable")
}

// behind returns a session as it can be shown while the gateway is of no use: the
// state that was written down may be over.
func behind(s model.Session, why model.ProblemKind) model.Session {
	if why != "" {
		s.State, s.StateDetail = model.StateUnknown, string(why)
	}
	return s
}

// gateway returns why the gateway is of no use now, "" when it is or nobody asked.
func (o Options) gateway() model.ProblemKind {
	if o.Gateway == nil {
		return ""
	}
	return o.Gateway()
}
