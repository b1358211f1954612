package gateway_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

// message fetches one message whose JSON is members after its id.
func message(t *testing.T, members string) *gateway.Message {
	t.Helper()
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"messages":[{"id":{"fromMe":true,"remote":"c@c.us","id":"3EB0","_serialized":"true_c@c.us_3EB0"},`+members+`}]}`))
	got, report, err := fetch(t, f)
	require.NoError(t, err)
	require.Empty(t, report.Problems)
	require.Len(t, got, 1)
	return got[0]
}

const fullMessage = `"_data":{"id":{"fromMe":true},"body":"/9j/4AAQSkZJRg==","type":"image","notifyName":"Ana\nGarcía","from":{"server":"c.us"},
	"mimetype":"image/jpeg","filename":"../foto.jpg","size":"12345","width":640,"height":480.0,"caption":"pan","pageCount":3,"subtype":"x","isViewOnce":true,
	"quotedStanzaID":"3AQ","quotedParticipant":{"server":"lid","user":"77","_serialized":"77@lid"},"quotedMsg":{"type":"image","body":"/9j/","caption":"foto","deep":{"a":[{}]}},
	"thumbnail":"abc","rare":[[["]"]]]},
	"ack":3,"type":"image","body":"pan 🥐 \ud83e\udd50 \u00f1 \"x\" \\ \/ \n","hasMedia":true,"timestamp":1700000000,"from":"me@c.us","to":{"server":"g.us","user":"5"},"author":"9@lid",
	"fromMe":true,"deviceType":"android","isForwarded":true,"forwardingScore":4,"isStatus":false,"isStarred":true,"broadcast":false,"isEphemeral":true,"isGif":false,
	"hasReaction":true,"hasQuotedMsg":true,"duration":"12","location":{"latitude":40.5,"longitude":"-3.5","name":"Horno","description":"Horno\nCalle"},
	"vCards":["BEGIN:VCARD"],"mentionedIds":["1@c.us",{"server":"lid","user":"2","_serialized":"2@lid"},null],"groupMentions":[{"groupSubject":"G","groupJid":{"server":"g.us","user":"8"}}],
	"links":[{"link":"https://x.example","isSuspicious":true},null],"inviteV4":{"inviteCode":"IC","inviteCodeExp":1700000001,"groupId":"8@g.us","groupName":"G","fromId":"1@c.us","toId":{"user":"2","server":"c.us"}},
	"latestEditSenderTimestampMs":1700000000123,"protocolMessageKey":{"fromMe":false,"remote":"c@c.us","id":"OLD"},
	"pollName":"¿Pan?","pollOptions":[{"name":"sí","localId":0},{"name":"no","localId":1}],"allowMultipleAnswers":true,"pollInvalidated":false,
	"orderId":"O1","token":"T","title":"Ti","description":"De","businessOwnerJid":"3@c.us","productId":9,"selectedButtonId":"B","selectedRowId":"R","mediaKey":"k","unknown":{"a":1}`

func TestWholeMessage(t *testing.T) {
	ack := 3
	require.Equal(t, &gateway.Message{
		ID:   gateway.MessageID{FromMe: true, Remote: "c@c.us", Short: "3EB0", Serialized: "true_c@c.us_3EB0"},
		Type: "image", Body: "pan 🥐 🥐 ñ \"x\" \\ / \n", Ack: &ack, HasMedia: true, Timestamp: 1700000000,
		From: "me@c.us", To: "5@g.us", Author: "9@lid", FromMe: true, DeviceType: "android", IsForwarded: true, ForwardingScore: 4,
		IsStarred: true, IsEphemeral: true, HasReaction: true, HasQuotedMsg: true,
		Quoted:   &gateway.Quoted{ShortID: "3AQ", Participant: "77@lid", Type: "image", Caption: "foto"},
		Duration: 12, Location: &gateway.MessageLocation{Latitude: 40.5, Longitude: -3.5, Name: "Horno", Description: "Horno\nCalle"},
		VCards: []string{"BEGIN:VCARD"}, MentionedIDs: []string{"1@c.us", "2@lid"},
		GroupMentions: []gateway.GroupMention{{Subject: "G", ID: gateway.ID{Server: "g.us", User: "8", Serialized: "8@g.us"}}},
		Links:         []gateway.Link{{URL: "https://x.example", Suspicious: true}},
		Invite:        &gateway.GroupInvite{Code: "IC", Expires: 1700000001, GroupID: "8@g.us", GroupName: "G", FromID: "1@c.us", ToID: "2@c.us"},
		Poll:          &gateway.MessagePoll{Name: "¿Pan?", Options: []gateway.PollOption{{Name: "sí"}, {Name: "no", LocalID: 1}}, AllowMultiple: true},
		Commerce: &gateway.Commerce{OrderID: "O1", Token: "T", Title: "Ti", Description: "De", BusinessOwner: "3@c.us", ProductID: "9",
			SelectedButtonID: "B", SelectedRowID: "R"},
		LatestEditTimestamp: 1700000000123, Protocol: &gateway.MessageID{Remote: "c@c.us", Short: "OLD", Serialized: "false_c@c.us_OLD"},
		NotifyName: "Ana García", Mimetype: "image/jpeg", Filename: "foto.jpg", Size: 12345, Width: 640, Height: 480, Caption: "pan",
		PageCount: 3, Subtype: "x", IsViewOnce: true, Thumbnail: "/9j/4AAQSkZJRg==",
	}, message(t, fullMessage))
}

// TestWrongTypes gives every member each wrong type in turn: the message stays.
func TestWrongTypes(t *testing.T) {
	names := []string{"_data", "ack", "type", "body", "hasMedia", "timestamp", "from", "to", "author", "fromMe", "deviceType", "isForwarded",
		"forwardingScore", "isStatus", "isStarred", "broadcast", "hasQuotedMsg", "hasReaction", "isGif", "duration", "location", "vCards",
		"mentionedIds", "groupMentions", "links", "inviteV4", "isEphemeral", "latestEditSenderTimestampMs", "protocolMessageKey", "pollName",
		"pollOptions", "allowMultipleAnswers", "orderId", "token", "title"}
	for _, value := range []string{"null", "true", "-1", "1e400", "99999999999999999999", "0.5", `""`, `"x"`, "[]", "[null,[],{}]", "{}", `{"a":{"b":[1]}}`, `"\ud83d"`, "[1,\"x\",{\"link\":3}]"} {
		var b strings.Builder
		for i, name := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + name + `":` + value)
		}
		m := message(t, b.String())
		require.Equal(t, "3EB0", m.ID.Short, value)
	}
}

func TestLenientScalars(t *testing.T) {
	for in, want := range map[string]int64{"1": 1, `"17"`: 17, `" 17 "`: 17, "17.9": 17, "1.7e9": 1700000000, "null": 0, "true": 0, `"x"`: 0, "[]": 0, "1e300": 0, "-5": -5} {
		require.Equal(t, want, message(t, `"timestamp":`+in).Timestamp, in)
	}
	for in, want := range map[string]bool{"true": true, "false": false, "null": false, "1": true, "0": false, `"true"`: true, `"false"`: false, "{}": false} {
		require.Equal(t, want, message(t, `"isStarred":`+in).IsStarred, in)
	}
	for in, want := range map[string]string{`"a"`: "a", "5": "5", "null": "", "true": "", "{}": "", `"a\u0000b"`: "ab", `"\ud800x"`: "\uFFFDx", "\"\xff\"": "\uFFFD", `"\ud83e\udd50"`: "🥐"} {
		require.Equal(t, want, message(t, `"body":`+in).Body, in)
	}
	require.Nil(t, message(t, `"ack":null`).Ack)
	require.Nil(t, message(t, `"body":""`).Ack)
	require.Equal(t, -1, *message(t, `"ack":-1`).Ack)
	require.Equal(t, 2, *message(t, `"ack":"2"`).Ack)
	require.True(t, message(t, `"body":""`).FromMe, "taken from the id when missing")
}

func TestMessageIDs(t *testing.T) {
	for in, want := range map[string]gateway.MessageID{
		`{"fromMe":false,"remote":"1@g.us","id":"3A","participant":{"server":"lid","user":"9","_serialized":"9@lid"},"_serialized":"false_1@g.us_3A_9@lid"}`: {Remote: "1@g.us", Short: "3A", Participant: "9@lid", Serialized: "false_1@g.us_3A_9@lid"},
		`{"fromMe":true,"remote":{"server":"c.us","user":"1","_serialized":"1@c.us"},"id":"3A","$1":"true_1@c.us_3A"}`:                                       {FromMe: true, Remote: "1@c.us", Short: "3A", Serialized: "true_1@c.us_3A"},
		`{"fromMe":true,"remote":"1@c.us","id":"3A","self":"out"}`:                                                                                           {FromMe: true, Remote: "1@c.us", Short: "3A", Self: "out", Serialized: "true_1@c.us_3A_out"},
		`{"fromMe":false,"remote":"1@g.us","id":"3A","participant":"2@c.us"}`:                                                                                {Remote: "1@g.us", Short: "3A", Participant: "2@c.us", Serialized: "false_1@g.us_3A_2@c.us"},
		`{"_serialized":"true_1@c.us_3A_out"}`:                                                                                                               {FromMe: true, Remote: "1@c.us", Short: "3A", Serialized: "true_1@c.us_3A_out"},
		`{"$1":"false_1@g.us_3A_2@c.us"}`:                                                                                                                    {Remote: "1@g.us", Short: "3A", Serialized: "false_1@g.us_3A_2@c.us"},
		`"true_1@c.us_3A_out"`:                                                                                                                               {FromMe: true, Remote: "1@c.us", Short: "3A", Self: "out", Serialized: "true_1@c.us_3A_out"},
	} {
		f := newFake(t)
		f.on("", reply(200, `{"success":true,"messages":[{"id":`+in+`}]}`))
		got, _, err := fetch(t, f)
		require.NoError(t, err)
		require.Len(t, got, 1, in)
		require.Equal(t, want, got[0].ID, in)
		require.Equal(t, want.FromMe, got[0].FromMe)
	}
	for _, bad := range []string{`{"id":"` + strings.Repeat("x", 300) + `"}`, `{"id":"a b"}`, `"nonsense"`, `{"id":"a\u0007"}`} {
		f := newFake(t)
		f.on("", reply(200, `{"success":true,"messages":[{"id":`+bad+`}]}`))
		got, report, err := fetch(t, f)
		require.NoError(t, err)
		require.Empty(t, got, bad)
		require.Equal(t, 1, report.Bad)
	}
}

func TestContacts(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"contacts":[
		{"id":{"server":"c.us","user":"34600","_serialized":"34600@c.us"},"number":"102817356329071","name":"Ana\u0000 \u0007García","pushname":null,"shortName":"","isBusiness":true,"isMyContact":true,"isBlocked":null,"labels":[],
		 "verifiedLevel":"2","verifiedName":"Horno","businessProfile":{"id":{},"tag":"t","description":"Pan","categories":[{"id":"1","localized_display_name":"Panadería"},null],"email":"a@b","website":["https://h.example"],"latitude":"40.5","longitude":null,"businessHours":{"tz":"x"},"address":"C/ 1"}},
		{"id":"55@lid","number":55,"name":"`+strings.Repeat("ñ", 2000)+`","isUser":"true"},
		{"id":{"server":"g.us","user":"7"},"isGroup":true},
		{"name":"nobody"}]}`))
	var got []*gateway.Contact
	report, err := f.client(t).Contacts(t.Context(), "s1", func(c *gateway.Contact) error { got = append(got, c); return nil })
	require.NoError(t, err)
	require.Equal(t, 1, report.Bad)
	require.Len(t, got, 3)
	lat := 40.5
	require.NotEqual(t, got[0].Sum, got[1].Sum)
	got[0].Sum = 0 // of this process
	require.Equal(t, &gateway.Contact{ID: gateway.ID{Server: "c.us", User: "34600", Serialized: "34600@c.us"}, Number: "102817356329071", Name: "Ana  García",
		VerifiedName: "Horno", VerifiedLevel: 2, IsBusiness: true, IsMyContact: true,
		Business: &gateway.BusinessProfile{Tag: "t", Description: "Pan", Categories: []string{"Panadería"}, Email: "a@b", Websites: []string{"https://h.example"},
			Latitude: &lat, Hours: `{"tz":"x"}`, Address: "C/ 1"}}, got[0])
	require.Equal(t, gateway.ID{Server: "lid", User: "55", Serialized: "55@lid"}, got[1].ID)
	require.Equal(t, "55", got[1].Number)
	require.Equal(t, strings.Repeat("ñ", 512), got[1].Name, "capped between characters")
	require.True(t, got[1].IsUser)
	require.Equal(t, "7@g.us", got[2].ID.Serialized)
}

func TestChats(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"chats":[
		{"groupMetadata":{"id":{"server":"g.us","user":"5"},"creation":1,"owner":"9@lid","subject":"S","subjectTime":2,"desc":"D","descTime":3,"restrict":true,"announce":true,"ephemeralDuration":86400,"membershipApprovalMode":true,"size":2,"isLidAddressingMode":true,
		  "participants":[{"id":{"server":"c.us","user":"1","_serialized":"1@c.us"},"isAdmin":true,"isSuperAdmin":false},{"id":"2@lid"},{}]},
		 "id":{"server":"g.us","user":"5","_serialized":"5@g.us"},"name":"S","isGroup":true,"isReadOnly":true,"unreadCount":-1,"timestamp":1700000000,"archived":true,"pinned":true,"isMuted":true,"muteExpiration":-1,
		 "lastMessage":{"id":{"fromMe":false,"remote":"5@g.us","id":"123"},"type":"gp2","body":""}},
		{"id":"1@c.us","timestamp":null,"lastMessage":{"body":"without id"},"unreadCount":"3"},
		{"id":"2@c.us","lastMessage":null,"groupMetadata":null}]}`))
	var got []*gateway.Chat
	report, err := f.client(t).Chats(t.Context(), "s1", func(c *gateway.Chat) error { got = append(got, c); return nil })
	require.NoError(t, err)
	require.Equal(t, gateway.ListReport{Items: 3}, report)
	var again []uint64
	_, err = f.client(t).Chats(t.Context(), "s1", func(c *gateway.Chat) error { again = append(again, c.Sum); return nil })
	require.NoError(t, err)
	require.Equal(t, []uint64{got[0].Sum, got[1].Sum, got[2].Sum}, again, "the same bytes have the same sum")
	require.NotEqual(t, got[0].Sum, got[1].Sum)
	got[0].Sum = 0 // of this process
	require.Equal(t, &gateway.Chat{ID: gateway.ID{Server: "g.us", User: "5", Serialized: "5@g.us"}, Name: "S", IsGroup: true, IsReadOnly: true, Archived: true,
		Pinned: true, IsMuted: true, MuteExpiration: -1, UnreadCount: -1, Timestamp: 1700000000,
		LastMessage: &gateway.Message{ID: gateway.MessageID{Remote: "5@g.us", Short: "123", Serialized: "false_5@g.us_123"}, Type: "gp2"},
		Group: &gateway.GroupMetadata{ID: gateway.ID{Server: "g.us", User: "5", Serialized: "5@g.us"}, Subject: "S", SubjectTime: 2, Description: "D", DescriptionTime: 3,
			Owner: gateway.ID{Server: "lid", User: "9", Serialized: "9@lid"}, Creation: 1, Restrict: true, Announce: true, EphemeralDuration: 86400,
			MembershipApproval: true, IsLidAddressing: true, Size: 2,
			Participants: []gateway.Participant{{ID: gateway.ID{Server: "c.us", User: "1", Serialized: "1@c.us"}, IsAdmin: true}, {ID: gateway.ID{Server: "lid", User: "2", Serialized: "2@lid"}}}},
	}, got[0])
	require.Nil(t, got[1].LastMessage)
	require.Equal(t, 3, got[1].UnreadCount)
	require.Nil(t, got[2].Group)
}

func TestHostileFileNames(t *testing.T) {
	for in, want := range map[string]string{
		`../../etc/passwd`: "passwd", `..`: "", `C:\\a\\b.pdf`: "b.pdf", `a\u0000\u001b.pdf`: "a.pdf", `x\u202efdp.exe`: "xfdp.exe", ` n.pdf `: "n.pdf",
		strings.Repeat("x", 400) + ".pdf": strings.Repeat("x", 251) + ".pdf", strings.Repeat("ñ", 400): strings.Repeat("ñ", 127),
	} {
		require.Equal(t, want, message(t, `"_data":{"filename":"`+in+`"}`).Filename)
	}
}
