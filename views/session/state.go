package session

import (
	"slices"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// action is something that the owner can do with a session.
type action string

const (
	actionNone              action = ""
	actionConnect           action = "connect"
	actionQR                action = "qr"
	actionCheck             action = "check"
	actionDisconnect        action = "disconnect"
	actionReconnect         action = "reconnect"
	actionLogout            action = "logout"
	actionSyncAll           action = "sync_all"
	actionSyncContacts      action = "sync_contacts"
	actionSyncConversations action = "sync_conversations"
	actionSettings          action = "settings" // asks nothing of the session: it leads to the gateway's settings
)

// sensible holds the states in which an action makes sense.
var sensible = map[action][]model.SessionState{
	actionConnect:           {model.StateStopped, model.StateUnknown},
	actionQR:                {model.StateWaitingQR, model.StateConnecting},
	actionCheck:             {model.StateConnected, model.StateWaitingQR, model.StateConnecting, model.StateBroken, model.StateStopped, model.StateUnknown},
	actionDisconnect:        {model.StateConnected, model.StateWaitingQR, model.StateConnecting, model.StateBroken},
	actionReconnect:         {model.StateConnected, model.StateWaitingQR, model.StateBroken},
	actionLogout:            {model.StateConnected, model.StateBroken},
	actionSyncAll:           {model.StateConnected},
	actionSyncContacts:      {model.StateConnected},
	actionSyncConversations: {model.StateConnected},
}

// offered tells whether an action makes sense in a state. busy says that
// another action of the session is under way, syncing that data are fetched.
func offered(a action, state model.SessionState, busy, syncing bool) bool {
	if busy || !slices.Contains(sensible[a], state) {
		return false
	}
	fetches := a == actionSyncAll || a == actionSyncContacts || a == actionSyncConversations
	return !fetches || !syncing
}

// next returns the one action that helps most in a state.
func next(state model.SessionState) action {
	switch state {
	case model.StateConnected:
		return actionSyncAll
	case model.StateWaitingQR:
		return actionQR
	case model.StateStopped:
		return actionConnect
	case model.StateBroken:
		return actionReconnect
	case model.StateUnknown:
		return actionCheck
	}
	return actionNone
}

// Status returns the sign of a state.
func Status(state model.SessionState) widgets.Status {
	switch state {
	case model.StateConnected:
		return widgets.StatusGood
	case model.StateConnecting:
		return widgets.StatusBusy
	case model.StateWaitingQR:
		return widgets.StatusWaiting
	case model.StateBroken:
		return widgets.StatusBad
	}
	return widgets.StatusOff
}

// known returns the state, or unknown for a word that this program does not know.
func known(state model.SessionState) model.SessionState {
	switch state {
	case model.StateConnected, model.StateConnecting, model.StateWaitingQR, model.StateBroken, model.StateStopped:
		return state
	}
	return model.StateUnknown
}

// StateText returns the word for a state, such as "Connected".
func StateText(ctx *ui.Context, state model.SessionState) string {
	return ctx.T("session.state." + string(known(state))) //translations: session.state.*
}

// Standing returns the sign of a session and the word for its state, given what is
// wrong with it: one that lost its phone is on its way, but it is not starting.
func Standing(ctx *ui.Context, state model.SessionState, wrong []model.Condition) (widgets.Status, string) {
	if away(state, wrong) {
		return widgets.StatusWaiting, ctx.T("session.state.phone_away")
	}
	return Status(state), StateText(ctx, state)
}

// away tells whether a session waits for its phone or the internet (contract §4.3).
// There is no code to wait for then.
func away(state model.SessionState, wrong []model.Condition) bool {
	return known(state) == model.StateConnecting &&
		slices.ContainsFunc(wrong, func(c model.Condition) bool { return c.Kind == model.ConditionPhoneAway })
}

// aboutState returns the sentence that explains a state and says what to do.
func aboutState(ctx *ui.Context, state model.SessionState) string {
	return ctx.T("session.about." + string(known(state))) //translations: session.about.*
}

// liveText says how new messages come, where there is something to say.
func liveText(ctx *ui.Context, s model.LiveState) string {
	switch s.Status {
	case model.LiveOn:
		return " " + ctx.T("session.live.on")
	case model.LiveNone:
		return " " + ctx.T("session.live.none")
	}
	return "" // it is just being opened, or silence is a condition of its own
}

// curedInSettings tells whether the settings are a place to look when a session
// cannot be asked for its state, and whether they are the only one: asking again
// with the same key or address would say the same.
func curedInSettings(s model.Session) (offer, only bool) {
	if known(s.State) != model.StateUnknown {
		return false, false
	}
	switch model.ProblemKind(s.StateDetail) {
	case model.ProblemUnauthorized, model.ProblemNotConfigured, model.ProblemDisabled, model.ProblemRedirected, model.ProblemNotGateway, model.ProblemKeyring:
		return true, true
	case model.ProblemUnreachable, model.ProblemTLS:
		return true, false
	}
	return false, false
}

// unasked tells whether a session could not be asked for its state.
func unasked(s model.Session) bool {
	return known(s.State) == model.StateUnknown && slices.Contains(model.ProblemKinds(), model.ProblemKind(s.StateDetail))
}

// aboutUnknown says why the state of a session is not known, where that is known.
func aboutUnknown(ctx *ui.Context, s model.Session) string {
	if !unasked(s) {
		return aboutState(ctx, model.StateUnknown)
	}
	why, do := ctx.ProblemText(model.Problem{Kind: model.ProblemKind(s.StateDetail)})
	return why + " " + do
}

// DisplayName returns the owner's title of a session, or its name.
func DisplayName(s model.Session) string {
	if title := model.CleanLine(s.Title, model.MaxName); title != "" {
		return title
	}
	return string(s.Name)
}

// ProgressText says what is being fetched and how far it is, such as
// "Contacts: 640 of 1,000".
func ProgressText(ctx *ui.Context, p model.Progress) string {
	phase := ""
	switch p.Phase {
	case model.PhaseContacts, model.PhaseConversations, model.PhaseMessages:
		phase = ctx.T("session.phase." + string(p.Phase)) //translations: session.phase.*
	default:
		phase = ctx.T("session.phase.session")
	}
	if p.Total <= 0 {
		return ctx.T("session.progress.unknown", translations.Data{"Phase": phase})
	}
	return ctx.T("session.progress.known", translations.Data{
		"Phase": phase, "Done": ctx.FormatNumber(min(p.Done, p.Total)), "Total": ctx.FormatNumber(p.Total),
	})
}

// account returns who a session is linked to, "" while that is not known.
func account(ctx *ui.Context, s model.Session) string {
	name, phone := model.CleanLine(s.PushName, model.MaxName), ctx.FormatPhone(s.Phone)
	switch {
	case name == "":
		return phone
	case phone == "":
		return name
	}
	return name + " · " + phone
}
