package app

import (
	"errors"
	"os"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/gateway"
)

// maxDetail is the most that is kept of an error's raw text, in bytes.
const maxDetail = 4096

// maxSaid is the most that is shown of the gateway's own sentence, in runes.
const maxSaid = 300

// classified is an error that knows its own kind.
type classified interface {
	error
	ProblemKind() model.ProblemKind
}

// Describe puts an error into an owner's terms. A nil error gives the zero
// Problem. Phone numbers and identifiers are hidden in the raw text; the API key
// is in no error of this program, and Redactor.Describe makes sure of it.
func Describe(err error) model.Problem {
	return (&Redactor{}).Describe(err)
}

// Describe is the function Describe with the secrets of r hidden in the texts.
func (r *Redactor) Describe(err error) model.Problem {
	if err == nil {
		return model.Problem{}
	}
	detail, _ := model.CleanText(r.Text(err.Error()), maxDetail)
	p := model.Problem{Kind: problemKind(err), Detail: detail}
	var said *gateway.Error
	if errors.As(err, &said) {
		p.Said = model.CleanLine(r.Text(said.Message), maxSaid)
	}
	return p
}

// problemKind asks in the order of certainty: what the error says of itself,
// what this program declares, the gateway and the engine, the system.
func problemKind(err error) model.ProblemKind {
	var own classified
	if errors.As(err, &own) {
		return own.ProblemKind()
	}
	for _, k := range declaredProblems {
		if errors.Is(err, k.err) {
			return k.kind
		}
	}
	var fields *model.SettingsError
	if errors.As(err, &fields) {
		return model.ProblemInvalidInput
	}
	if kind := wasync.ProblemKind(err); kind != model.ProblemInternal {
		return kind
	}
	switch {
	case fullDisk(err):
		return model.ProblemDiskFull
	case readOnlyDisk(err), errors.Is(err, os.ErrPermission):
		return model.ProblemReadOnly
	default:
		return model.ProblemInternal
	}
}

// declaredProblems are the errors of this program with one meaning each. It is
// never changed.
var declaredProblems = []struct {
	err  error
	kind model.ProblemKind
}{
	{ErrSettingsInvalid, model.ProblemSettingsInvalid},
	{ErrSettingsWrite, model.ProblemSettingsWrite},
	{ErrKeyringSilent, model.ProblemKeyring},
	{ErrAlreadyRunning, model.ProblemAlreadyRunning},
	{ErrStoreMissing, model.ProblemStoreMissing},
	{ErrInUse, model.ProblemAlreadyRunning},
	{ErrLogLevel, model.ProblemInvalidInput},
	{ErrNoPicture, model.ProblemNotFound},
	{ErrPictureTooLarge, model.ProblemPictureTooLarge},
	{ErrNotStored, model.ProblemNotStored},
	{ErrFileExists, model.ProblemFileExists},
	{ErrNoClipboard, model.ProblemNoClipboard},
	{model.ErrInvalidJID, model.ProblemInvalidChat},
	{store.ErrConflict, model.ProblemBusy},
	{store.ErrNotFound, model.ProblemNotFound},
}
