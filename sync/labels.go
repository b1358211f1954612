package sync

import (
	"context"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	maxLabelID = 64 // bytes; WhatsApp's are small numbers
	// maxLabels is for how many labels their conversations are asked for;
	// WhatsApp Business allows 20.
	maxLabels = 50
)

// syncLabels fetches the labels of a business account, and notes them for
// syncLabelled. Other accounts have none, and a failure is no reason to stop.
func (w *worker) syncLabels(ctx context.Context) model.Counts {
	w.labels = nil
	wire, err := w.e.p.Gateway().Labels(ctx, w.name)
	if err != nil {
		w.log.WithError(err).Debug("ask for the labels")
		return model.Counts{}
	}
	labels := make([]model.Label, 0, len(wire))
	for _, l := range wire {
		if l.ID == "" || len(l.ID) > maxLabelID {
			continue
		}
		labels = append(labels, model.Label{
			SessionID: w.id, WireID: model.CleanLine(l.ID, maxLabelID),
			Name: model.CleanLine(l.Name, model.MaxName), Color: model.CleanLine(l.HexColor, 9),
		})
	}
	if len(labels) == 0 {
		return model.Counts{}
	}
	for _, l := range head(labels, maxLabels) {
		w.labels = append(w.labels, l.WireID)
	}
	counts, err := w.e.p.Store.SaveLabels(ctx, w.id, labels)
	if err != nil {
		w.log.WithError(err).Warn("write the labels")
	}
	return counts
}

// syncLabelled asks for the conversations of every label: one call each, with the
// chats in full, so it goes with the whole list only. A label that fails is
// counted and keeps what it has.
func (p *conversationPhase) syncLabelled() {
	for _, wireID := range p.w.labels {
		if p.w.between(p.ctx) != nil {
			return
		}
		changed, err := p.labelled(wireID)
		if changed {
			p.report.Updated++
		}
		if err != nil {
			p.report.Failed++
			p.w.log.WithField("label", wireID).WithError(err).Warn("ask for the conversations of a label")
			if sessionLost(err) {
				return
			}
		}
	}
}

// labelled brings the conversations of one label in step. Only a whole answer, all
// of which could be read, takes the label off conversations.
func (p *conversationPhase) labelled(wireID string) (changed bool, err error) {
	var jids []model.JID
	var list gateway.ListReport
	bad, began := false, p.w.e.p.Now()
	err = p.w.aside(func() (err error) {
		list, err = p.w.e.p.Gateway().ChatsByLabel(p.ctx, p.w.name, wireID, func(id *gateway.ID) error {
			jid, err := model.ParseJID(id.Serialized)
			if err != nil {
				bad = true
				return nil //nolint:nilerr // one that cannot be read spoils no other
			}
			jids = append(jids, jid)
			return nil
		})
		return err
	})
	if err != nil {
		return false, err
	}
	if p.w.acts.labelled(began) {
		return false, nil // it tells of before; the next one is whole again
	}
	return p.w.e.p.Store.SaveLabelled(p.ctx, p.w.id, wireID, jids, !bad && list.Bad == 0 && !list.Missing)
}
