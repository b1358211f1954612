package conversations

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// labelChooser narrows the list to a label of a business account. It is seen
// only when there are labels.
type labelChooser struct {
	ctx    *ui.Context
	choose func(model.LabelID)
	labels []model.Label
	list   *widget.Select
	body   *fyne.Container
}

func newLabelChooser(ctx *ui.Context, choose func(model.LabelID)) *labelChooser {
	c := &labelChooser{ctx: ctx, choose: choose}
	c.list = widget.NewSelect(nil, func(string) { c.choose(c.chosen()) })
	c.body = container.NewStack(c.list)
	c.body.Hide()
	return c
}

// chosen returns the label, zero for all.
func (c *labelChooser) chosen() model.LabelID {
	if i := c.list.SelectedIndex(); i > 0 && i <= len(c.labels) {
		return c.labels[i-1].ID
	}
	return 0
}

// clear shows all labels again.
func (c *labelChooser) clear() { c.list.SetSelectedIndex(0) }

// set offers labels; the one that is chosen stays so while it is there.
func (c *labelChooser) set(labels []model.Label) {
	chosen := c.chosen()
	same := slices.Equal(labels, c.labels)
	c.labels = labels
	setVisible(c.body, len(labels) > 0)
	if same {
		return
	}
	names := []string{c.ctx.T("conversations.label.all")}
	at := 0
	for i, l := range labels {
		names = append(names, apart(names, model.CleanLine(l.Name, 60)))
		if l.ID == chosen {
			at = i + 1
		}
	}
	c.list.SetOptions(names)
	c.list.SetSelectedIndex(at)
}

// apart returns a name that is not among others: the field tells its choices apart
// by what they say, and accounts often have labels of the same name.
func apart(others []string, name string) string {
	for n, first := 2, name; slices.Contains(others, name); n++ {
		name = first + " (" + strconv.Itoa(n) + ")"
	}
	return name
}
