package emoji_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/emoji"
)

func seqs(list []emoji.Name) []string {
	var out []string
	for _, n := range list {
		out = append(out, n.Seq)
	}
	return out
}

func TestEveryNamedEmojiHasAPictureAndIsFoundByItsNames(t *testing.T) {
	all := emoji.All()
	require.Greater(t, len(all), 1800)
	groups := map[int]int{}
	for _, n := range all {
		require.NotNil(t, emoji.Image(n.Seq, 8), n.English)
		require.NotEmpty(t, n.In("es"))
		require.NotEmpty(t, n.In("en"))
		groups[n.Group]++
	}
	require.Len(t, groups, emoji.Groups)
}

func TestEmojiAreFoundInBothLanguagesWithoutAccents(t *testing.T) {
	require.Equal(t, "🦒", seqs(emoji.Find("jirafa"))[0])
	require.Equal(t, "🦒", seqs(emoji.Find("GIRAFFE"))[0])
	require.Equal(t, seqs(emoji.Find("corazon")), seqs(emoji.Find("corazón")))
	require.Contains(t, seqs(emoji.Find("coraz")), "❤️")
	require.Contains(t, seqs(emoji.Find("red heart")), "❤️")
	require.Empty(t, emoji.Find(" , "))
	require.Empty(t, emoji.Find("nothing is called so"))
}

func TestSkinTones(t *testing.T) {
	require.Equal(t, []string{"👍🏻", "👍🏼", "👍🏽", "👍🏾", "👍🏿"}, emoji.Tones("👍"))
	require.Empty(t, emoji.Tones("🦒"))
	require.Empty(t, emoji.Tones(""))
}

func BenchmarkFind(b *testing.B) {
	emoji.All()
	for b.Loop() {
		emoji.Find("cara son")
	}
}
