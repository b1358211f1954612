package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestMentionsAreNamedAndMarksMoveWithThem(t *testing.T) {
	name := func(jid model.JID) string {
		return map[model.JID]string{"284088457691106@lid": "~1106", "34600111222@c.us": "Ana García"}[jid]
	}
	const text = "hola @284088457691106 y @34600111222, a@34600111222.es @99 @34699999999"
	const want = "hola @~1106 y @Ana García, a@34600111222.es @99 @34699999999"
	require.Equal(t, want, model.NameMentioned(text, name))
	part := func(s string, m model.TextRange) string { return s[m.From:m.To] }
	named, marks := model.NameMarked(text, []model.TextRange{{From: 0, To: 4}, {From: 6, To: 9}, {From: 22, To: 23}, {From: 25, To: 36}, {From: 36, To: 39}}, name)
	require.Equal(t, want, named)
	var marked []string
	for _, m := range marks {
		marked = append(marked, part(named, m))
	}
	require.Equal(t, []string{"hola", "~1106", "y", "Ana García", ", a"}, marked)
	same, marks := model.NameMarked("nobody", []model.TextRange{{From: 0, To: 2}}, name)
	require.Equal(t, "nobody", same)
	require.Equal(t, []model.TextRange{{From: 0, To: 2}}, marks)
}

func TestShownName(t *testing.T) {
	write := func(p model.Phone) string { return "(" + string(p) + ")" }
	const lid, phone = model.JID("284088457691106@lid"), model.JID("34600111222@c.us")
	for _, c := range []struct {
		jid   model.JID
		names []string
		want  string
	}{
		{lid, nil, "~1106"}, {lid, []string{"", " "}, "~1106"}, {lid, []string{"284088457691106", "+284 088 457 691 106", "~1106"}, "~1106"},
		{lid, []string{"~1106", "Ana"}, "Ana"}, {lid, []string{"+34600111222"}, "(34600111222)"}, {lid, []string{"+34 600"}, "+34 600"},
		{phone, nil, "(34600111222)"}, {phone, []string{"+34 600 11 12 22"}, "(34600111222)"}, {phone, []string{"Ana"}, "Ana"},
		{"120363@g.us", []string{""}, "120363"}, {"", nil, ""},
	} {
		require.Equal(t, c.want, model.ShownName(c.jid, write, c.names...), "%s %q", c.jid, c.names)
	}
}
