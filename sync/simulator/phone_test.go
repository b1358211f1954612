package simulator_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

func chatOf(t *testing.T, s *simulator.Server, id string) obj {
	t.Helper()
	return member[obj](t, post(t, s, "/client/getChatById/s1", obj{"chatId": id}), "chat")
}

func newest(t *testing.T, s *simulator.Server, id string) obj {
	t.Helper()
	list := fetch(t, s, id, obj{"limit": 1})
	require.Len(t, list, 1)
	return list[0]
}

func TestReceiveAndRead(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, func(c simulator.TruthConversation) bool { return person(c) && c.Unread == 0 })
	m, err := s.Phone("s1").Receive(chat.ID, "¿Hola? 🥹")
	require.NoError(t, err)
	got := newest(t, s, chat.ID)
	require.Equal(t, m.ID, at(got, "id", "id"))
	require.Equal(t, m.Serialized, at(got, "id", "_serialized"))
	require.Equal(t, "¿Hola? 🥹", got["body"])
	require.Equal(t, false, got["fromMe"])
	require.InDelta(t, 1, chatOf(t, s, chat.ID)["unreadCount"], 0)
	require.Equal(t, `{"success":true,"result":true}`, post(t, s, "/client/sendSeen/s1", obj{"chatId": chat.ID}).Body.String())
	require.InDelta(t, 0, chatOf(t, s, chat.ID)["unreadCount"], 0)
	require.Equal(t, `{"success":true}`, post(t, s, "/client/markChatUnread/s1", obj{"chatId": chat.ID}).Body.String())
	require.InDelta(t, -1, chatOf(t, s, chat.ID)["unreadCount"], 0)
	require.NoError(t, s.Phone("s1").Open(chat.ID))
	require.NoError(t, s.Phone("s1").MarkUnread(chat.ID))
	require.Equal(t, `{"success":true,"result":false}`, post(t, s, "/client/sendSeen/s1", obj{"chatId": "34611111111@c.us"}).Body.String())
	_, err = s.Phone("s1").Receive("nonsense", "x")
	require.ErrorIs(t, err, simulator.ErrUnknownChat)
}

func TestBaseMessagesStayAsTheyAreWhenWhatIsUnreadChanges(t *testing.T) {
	s := started(t, medium())
	type identity struct {
		fromMe bool
		id     string
	}
	for _, unread := range []bool{false, true} {
		chat := conversation(t, s, func(c simulator.TruthConversation) bool { return person(c) && (c.Unread > 0) == unread })
		var before []identity
		for m := range s.TruthMessages("s1", chat.ID) {
			before = append(before, identity{m.FromMe, m.ID})
		}
		m, err := s.Phone("s1").Receive(chat.ID, "one more")
		require.NoError(t, err)
		require.NoError(t, s.Phone("s1").Open(chat.ID))
		want := append(before, identity{false, m.ID})
		var after []identity
		for m := range s.TruthMessages("s1", chat.ID) {
			after = append(after, identity{m.FromMe, m.ID})
		}
		require.Equal(t, want, after)
	}
}

func TestEveryKindCanComeIn(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	for _, kind := range []string{"image", "video", "audio", "ptt", "document", "sticker", "location", "vcard", "poll_creation", "call_log", "ciphertext", "a_new_kind"} {
		m, err := s.Phone("s1").ReceiveKind(chat.ID, kind)
		require.NoError(t, err)
		got := newest(t, s, chat.ID)
		require.Equal(t, kind, got["type"])
		require.Equal(t, m.ID, at(got, "id", "id"))
	}
}

func TestEditRevokeReact(t *testing.T) {
	s := started(t, medium())
	phone := s.Phone("s1")
	chat := conversation(t, s, person)
	m, err := phone.Receive(chat.ID, "frist")
	require.NoError(t, err)
	require.NoError(t, phone.Edit(m, "first"))
	got := newest(t, s, chat.ID)
	require.Equal(t, "first", got["body"])
	require.Greater(t, got["latestEditSenderTimestampMs"], 1e12)
	require.NoError(t, phone.React(m, "👍"))
	require.Equal(t, true, newest(t, s, chat.ID)["hasReaction"])
	ref := obj{"chatId": chat.ID, "messageId": m.ID}
	reactions := member[[]obj](t, post(t, s, "/message/getReactions/s1", ref), "result")
	require.Equal(t, "👍", reactions[0]["id"])
	require.NoError(t, phone.React(m, ""))
	require.Equal(t, `{"success":true}`, post(t, s, "/message/getReactions/s1", ref).Body.String())
	require.NoError(t, phone.Revoke(m))
	got = newest(t, s, chat.ID)
	require.Equal(t, "revoked", got["type"])
	require.Empty(t, got["body"])
	require.Equal(t, m.ID, at(got, "protocolMessageKey", "id"))
	base := fetch(t, s, chat.ID, obj{"limit": 10})[0]
	old := simulator.MessageRef{ChatID: chat.ID, ID: at(base, "id", "id").(string)}
	require.NoError(t, phone.Revoke(old))
	require.Equal(t, "revoked", fetch(t, s, chat.ID, obj{"limit": 10})[0]["type"])
	require.ErrorIs(t, phone.Edit(simulator.MessageRef{ChatID: chat.ID, ID: "3A"}, "x"), simulator.ErrNoSuchMessage)
}

func TestAcksRise(t *testing.T) {
	c := newClock()
	cfg := medium()
	cfg.Now, cfg.AckDelay = c.Now, 2*time.Second
	s := started(t, cfg)
	chat := conversation(t, s, person)
	sent := member[obj](t, post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "hi"}), "message")
	require.Regexp(t, `^3EB0[0-9A-F]{18}$`, at(sent, "id", "id"))
	require.InDelta(t, 1, sent["ack"], 0)
	require.Equal(t, "web", sent["deviceType"])
	c.Add(2 * time.Second)
	require.InDelta(t, 2, newest(t, s, chat.ID)["ack"], 0)
	c.Add(6 * time.Second)
	require.InDelta(t, 3, newest(t, s, chat.ID)["ack"], 0)
	post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "again"})
	require.NoError(t, s.Phone("s1").Read(chat.ID))
	require.InDelta(t, 3, newest(t, s, chat.ID)["ack"], 0)

	cfg.Flavour = simulator.FlavourC
	older := started(t, cfg)
	sent = member[obj](t, post(t, older, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "hi"}), "message")
	require.InDelta(t, 0, sent["ack"], 0)
}

func TestEveryContentTypeCanBeSent(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	data := base64.StdEncoding.EncodeToString([]byte("a file"))
	for _, c := range []struct {
		kind, content, options any
		typ                    string
	}{
		{"string", "text", nil, "chat"},
		{"string", "BEGIN:VCARD\nEND:VCARD", nil, "vcard"},
		{"string", "BEGIN:VCARD\nEND:VCARD", obj{"parseVCards": false}, "chat"},
		{"string", "caption", obj{"media": obj{"mimetype": "image/png", "data": data}}, "image"},
		{"MessageMedia", obj{"mimetype": "image/png", "data": data}, obj{"caption": "c"}, "image"},
		{"MessageMedia", obj{"mimetype": "application/pdf", "data": data, "filename": "a.pdf"}, nil, "document"},
		{"MessageMedia", obj{"mimetype": "audio/ogg", "data": data}, obj{"sendAudioAsVoice": true}, "ptt"},
		{"MessageMediaFromURL", "http://example.com/a.jpg", nil, "image"},
		{"Location", obj{"latitude": 36.5, "longitude": -6.1, "description": obj{"name": "Shop"}}, nil, "location"},
		{"Contact", obj{"contactId": "34600111222"}, nil, "vcard"},
		{"Poll", obj{"pollName": "When?", "pollOptions": []string{"a", "b"}}, nil, "poll_creation"},
	} {
		body := obj{"chatId": chat.ID, "contentType": c.kind, "content": c.content}
		if c.options != nil {
			body["options"] = c.options
		}
		sent := member[obj](t, post(t, s, "/client/sendMessage/s1", body), "message")
		require.Equal(t, c.typ, sent["type"])
		require.Equal(t, true, sent["fromMe"])
		require.Equal(t, at(sent, "id", "id"), at(newest(t, s, chat.ID), "id", "id"))
		if c.kind == "MessageMedia" {
			media := member[obj](t, post(t, s, "/message/downloadMedia/s1", obj{"chatId": chat.ID, "messageId": at(sent, "id", "id")}), "messageMedia")
			require.Equal(t, data, media["data"])
		}
	}
	require.Equal(t, http.StatusInternalServerError, post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "Location", "content": obj{"latitude": 1, "longitude": 1, "description": nil}}).Code)
}

func TestASentPictureHasItsOwnSize(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, image.NewGray(image.Rect(0, 0, 90, 20))))
	sent := member[obj](t, post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "MessageMedia", "content": obj{
		"mimetype": "image/png", "data": base64.StdEncoding.EncodeToString(file.Bytes()),
	}}), "message")
	require.EqualValues(t, 90, at(sent, "_data", "width"))
	require.EqualValues(t, 20, at(sent, "_data", "height"))
}

func TestReplyForwardEditStar(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	other := conversation(t, s, func(c simulator.TruthConversation) bool { return person(c) && c.ID != chat.ID })
	m, err := s.Phone("s1").Receive(chat.ID, "question")
	require.NoError(t, err)
	ref := func(more obj) obj {
		more["chatId"], more["messageId"] = chat.ID, m.ID
		return more
	}
	reply := member[obj](t, post(t, s, "/message/reply/s1", ref(obj{"contentType": "string", "content": "answer"})), "repliedMessage")
	require.Equal(t, m.ID, at(reply, "_data", "quotedStanzaID"))
	quoted := member[obj](t, post(t, s, "/message/getQuotedMessage/s1", obj{"chatId": chat.ID, "messageId": at(reply, "id", "id")}), "quotedMessage")
	require.Equal(t, "question", quoted["body"])
	byOption := member[obj](t, post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "x", "options": obj{"quotedMessageId": m.Serialized}}), "message")
	require.Equal(t, true, byOption["hasQuotedMsg"])

	require.Equal(t, `{"success":true}`, post(t, s, "/message/forward/s1", ref(obj{"destinationChatId": other.ID})).Body.String())
	require.Equal(t, true, newest(t, s, other.ID)["isForwarded"])
	require.Equal(t, `{"success":true,"message":null}`, post(t, s, "/message/edit/s1", ref(obj{"content": "x"})).Body.String(), "not mine")
	edited := member[obj](t, post(t, s, "/message/edit/s1", obj{"chatId": chat.ID, "messageId": at(reply, "id", "id"), "content": "better"}), "message")
	require.Equal(t, "better", edited["body"])
	require.Equal(t, chat.ID, at(edited, "id", "remote", "_serialized"), "an object here")
	require.Equal(t, `{"success":true}`, post(t, s, "/message/star/s1", ref(obj{})).Body.String())
	require.Equal(t, true, member[obj](t, post(t, s, "/message/getClassInfo/s1", ref(obj{})), "message")["isStarred"])
	require.Equal(t, `{"success":true}`, post(t, s, "/message/react/s1", ref(obj{"reaction": "🫶"})).Body.String())
	require.Equal(t, `{"success":true,"info":null}`, post(t, s, "/message/getInfo/s1", ref(obj{})).Body.String())
	require.Equal(t, `{"success":true}`, post(t, s, "/message/delete/s1", obj{"chatId": chat.ID, "messageId": at(reply, "id", "id"), "everyone": true}).Body.String())
	list := fetch(t, s, chat.ID, obj{"limit": 2})
	require.Equal(t, "revoked", list[0]["type"])
}

func TestSwitches(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, func(c simulator.TruthConversation) bool { return person(c) && !c.Pinned && !c.Muted && !c.Archived })
	answer := func(call string, more obj) string {
		more["chatId"] = chat.ID
		return post(t, s, "/client/"+call+"/s1", more).Body.String()
	}
	require.Equal(t, `{"success":true,"result":true}`, answer("archiveChat", obj{}))
	require.Equal(t, true, chatOf(t, s, chat.ID)["archived"])
	require.Equal(t, `{"success":true,"result":false}`, answer("unarchiveChat", obj{}))
	require.Equal(t, `{"success":true,"result":true}`, answer("pinChat", obj{}))
	fourth := conversation(t, s, func(c simulator.TruthConversation) bool { return person(c) && !c.Pinned })
	require.Equal(t, `{"success":true,"result":false}`, post(t, s, "/client/pinChat/s1", obj{"chatId": fourth.ID}).Body.String())
	require.ErrorIs(t, s.Phone("s1").Pin(fourth.ID, true), simulator.ErrTooManyPins)
	require.Equal(t, `{"success":true,"result":false}`, answer("unpinChat", obj{}))
	require.Equal(t, `{"success":true}`, answer("muteChat", obj{"unmuteDate": 1_790_000_000}))
	require.InDelta(t, 1_790_000_000, chatOf(t, s, chat.ID)["muteExpiration"], 0)
	require.Equal(t, `{"success":true}`, answer("muteChat", obj{}))
	require.InDelta(t, -1, chatOf(t, s, chat.ID)["muteExpiration"], 0)
	require.Equal(t, `{"success":true,"result":{"isMuted":false,"muteExpiration":0}}`, answer("unmuteChat", obj{}))
	require.Equal(t, http.StatusInternalServerError, post(t, s, "/client/archiveChat/s1", obj{"chatId": "34611111111@c.us"}).Code)
}

func TestPeople(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	pair := member[[]obj](t, post(t, s, "/client/getContactLidAndPhone/s1", obj{"userIds": []string{chat.ID, "34611111111@c.us"}}), "data")
	require.Equal(t, chat.ID, pair[0]["pn"])
	require.Equal(t, obj{"pn": "34611111111@c.us"}, pair[1], "unknown halves are missing")
	lid := pair[0]["lid"].(string)
	back := member[[]obj](t, post(t, s, "/client/getContactLidAndPhone/s1", obj{"userIds": []string{lid}}), "data")
	require.Equal(t, pair[0], back[0])
	glued := strings.TrimSuffix(lid, "@lid") + "@c.us"
	require.JSONEq(t, `{"success":false,"error":"No LID for user"}`, post(t, s, "/client/sendMessage/s1", obj{"chatId": glued, "contentType": "string", "content": "x"}).Body.String())
	require.Equal(t, `{"success":true,"result":false}`, post(t, s, "/client/isRegisteredUser/s1", obj{"number": "34600111000"}).Body.String())
	require.Equal(t, `{"success":true,"result":null}`, post(t, s, "/client/getNumberId/s1", obj{"number": "34600111000"}).Body.String())
	require.Equal(t, "556191234567", member[obj](t, post(t, s, "/client/getNumberId/s1", obj{"number": "5561991234567"}), "result")["user"], "another number than asked")

	require.NoError(t, s.Phone("s1").Rename(chat.ID, "New name"))
	require.Equal(t, "New name", member[obj](t, post(t, s, "/client/getContactById/s1", obj{"contactId": chat.ID}), "contact")["name"])
	require.Equal(t, "New name", chatOf(t, s, chat.ID)["name"])
	require.Equal(t, `{"success":true,"result":true}`, post(t, s, "/contact/block/s1", obj{"contactId": chat.ID}).Body.String())
	require.Len(t, member[[]obj](t, post(t, s, "/client/getBlockedContacts/s1", obj{}), "blockedContacts"), 1)
	require.Equal(t, `{"success":true,"result":true}`, post(t, s, "/contact/unblock/s1", obj{"contactId": chat.ID}).Body.String())

	group := conversation(t, s, func(c simulator.TruthConversation) bool { return c.Group })
	data := member[obj](t, post(t, s, "/groupChat/getClassInfo/s1", obj{"chatId": group.ID}), "chat")
	members := at(data, "groupMetadata", "participants").([]any)
	common := member[[]obj](t, post(t, s, "/client/getCommonGroups/s1", obj{"contactId": at(members[1], "id", "_serialized")}), "groups")
	require.Contains(t, common, at(data, "id"))
	me := "@c.us"
	require.Equal(t, `{"success":true,"result":null}`, post(t, s, "/contact/getChat/s1", obj{"contactId": s.Phone("s1").Number() + me}).Body.String())
}

func TestAnswersIntoAMovedChat(t *testing.T) {
	s := started(t, medium())
	moved := conversation(t, s, func(c simulator.TruthConversation) bool {
		if !strings.HasSuffix(c.ID, "@lid") {
			return false
		}
		pair := member[[]obj](t, post(t, s, "/client/getContactLidAndPhone/s1", obj{"userIds": []string{c.ID}}), "data")
		phone, _ := pair[0]["pn"].(string)
		for other := range s.TruthConversations("s1") {
			if other.ID == phone {
				return false
			}
		}
		return phone != ""
	})
	pair := member[[]obj](t, post(t, s, "/client/getContactLidAndPhone/s1", obj{"userIds": []string{moved.ID}}), "data")
	sent := member[obj](t, post(t, s, "/client/sendMessage/s1", obj{"chatId": pair[0]["pn"], "contentType": "string", "content": "x"}), "message")
	require.Equal(t, moved.ID, at(sent, "id", "remote"))
	require.True(t, strings.HasSuffix(sent["from"].(string), "@lid"), "me by my hidden id")
}

func TestSearchMessages(t *testing.T) {
	s := started(t, medium())
	_, err := s.Phone("s1").Receive("34600111222@c.us", "Zyzzyva bread")
	require.NoError(t, err)
	found := member[[]obj](t, post(t, s, "/client/searchMessages/s1", obj{"query": "zyzzyva", "options": obj{"page": 1, "limit": 10}}), "messages")
	require.Len(t, found, 1)
	require.Empty(t, member[[]obj](t, post(t, s, "/client/searchMessages/s1", obj{"query": "zyzzyva", "options": obj{"page": 2, "limit": 10}}), "messages"))
}

func TestDemo(t *testing.T) {
	for _, language := range []string{"es", "en"} {
		s := started(t, simulator.Config{Business: true, Language: language})
		truth := s.Truth()
		require.GreaterOrEqual(t, truth.Conversations, 24)
		require.GreaterOrEqual(t, truth.ContactPeople, 38)
		require.Greater(t, truth.Messages, 300)
		require.Positive(t, truth.Unread)
		rng := rand.New(rand.NewPCG(1, 2))
		for range 50 {
			chatID, text := s.DemoLine("s1", rng)
			require.NotEmpty(t, text)
			_, err := s.Phone("s1").Receive(chatID, text)
			require.NoError(t, err)
		}
		require.Equal(t, truth.Messages+50, s.Truth().Messages)
		require.Equal(t, truth.Conversations, s.Truth().Conversations)
	}
}

func TestChatter(t *testing.T) {
	s := started(t, simulator.Config{Business: true})
	before := s.Truth().Messages
	ctx, cancel := context.WithCancel(t.Context())
	s.Chatter(ctx, "s1", time.Millisecond)
	require.Eventually(t, func() bool { return s.Truth().Messages >= before+3 }, patience, 5*time.Millisecond)
	cancel()
	require.NoError(t, s.Close())
}
