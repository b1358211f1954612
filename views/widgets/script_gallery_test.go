package widgets_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/resources/emoji"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// scripts are messages of the world.
var scripts = []string{
	"Buenos días, ¿tienen pan de centeno para mañana? 🥖 Zażółć gęślą jaźń · Đặng Thị · İstanbul",
	"Καλημέρα κόσμε · Здравствуйте, мир! · Բարեւ աշխարհ · გამარჯობა მსოფლიო",
	"مرحبا، طلبت 3 أرغفة (طازجة) بسعر 4,50 € 🥖 من https://example.com/pan?x=1 شكرا!",
	"שלום! ההזמנה שלי מספר 4512 (שתי חלות) תהיה מוכנה ב-15:30? 👍🏽 *תודה*",
	"Order for أحمد: 12 loaves, מספר 77, thanks",
	"नमस्ते, कल सुबह की रोटी चाहिए · নমস্কার, রুটি আছে? · வணக்கம் ரொட்டி · నమస్కారం రొట్టె",
	"નમસ્તે રોટલી · ನಮಸ್ಕಾರ ರೊಟ್ಟಿ · നമസ്കാരം അപ്പം · ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ · ආයුබෝවන් · ନମସ୍କାର",
	"สวัสดีครับ มีขนมปังไหม · ສະບາຍດີ · សួស្តី នំប៉័ង · မင်္ဂလာပါ ပေါင်မုန့် · བཀྲ་ཤིས་བདེ་ལེགས",
	"您好，請問明天有麵包嗎？我要三個。 こんにちは、パンはありますか？ 안녕하세요, 빵 있어요?",
	"ሰላም ዳቦ · ⴰⵣⵓⵍ ⴰⵖⵕⵓⵎ · ᎣᏏᏲ · ދިވެހި",
	"*bold* _italic_ ~strike~ `mono` *_both_* ~*_all three_*~ snake_case 2*3*4 www.example.com/a_b, (https://münchen.de/x).\n```func main() {\n\tprintln()\n}```",
	"𝓗𝓮𝓵𝓵𝓸 𝕏 🅰 ⓐ ① → ⇒ ∑√∞ ┌─┐ █ ★ ☆ ✓ ✗ ♪ ℃ № © ™ ⌚ ❤ 1️⃣ #️⃣ ▯ missing: \U00020000 \ue000",
	"z" + strings.Repeat("\u0301\u0316", 60) + "algo \u202eevil\u202c \x07bell",
}

func TestScriptsGallery(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		b := viewtest.NewTestContext(t, viewtest.Language("en"), viewtest.Variant(variant))
		list := widgets.NewMessageList(b.Context)
		var rows []widgets.Item
		for i, text := range scripts {
			rows = append(rows, widgets.Item{
				ID:      widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(i + 1)},
				Content: &widgets.Content{Own: i%3 == 2, Text: text, Meta: "10:00", Lead: true},
			})
		}
		list.SetItems(rows, false)
		viewtest.Capture(t, "scripts", onGround(variant, list), fyne.NewSize(900, 1180), variant)
	}
}

func TestEmojiGallery(t *testing.T) {
	b := viewtest.NewTestContext(t, viewtest.Language("en"), viewtest.Variant("light"))
	list := widgets.NewMessageList(b.Context)
	var rows []widgets.Item
	var text strings.Builder
	for _, seq := range emoji.Sequences() {
		tones := 0
		for _, r := range seq {
			if r >= 0x1f3fb && r <= 0x1f3ff {
				tones++
			}
		}
		if tones > 0 && !strings.HasPrefix(seq, "👍") {
			continue
		}
		text.WriteString(seq)
		if r := []rune(seq); len(r) == 1 && r[0] < 0x3300 {
			text.WriteString("\ufe0f")
		}
	}
	all := []rune(text.String())
	for i := 0; i < len(all); i += 1200 {
		rows = append(rows, widgets.Item{
			ID:      widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(i + 1)},
			Content: &widgets.Content{Text: string(all[i:min(i+1200, len(all))]), Meta: "10:00"},
		})
	}
	list.SetItems(rows, false)
	viewtest.Capture(t, "emoji", onGround("light", list), fyne.NewSize(1000, 1100), "light")
}
