package simulator

// mix is a bijection of the 64-bit numbers that looks random (the finaliser of
// SplitMix64); unmix is its inverse. Short message ids carry mix(conversation, index)
// so that they are unique and can be looked up without a table.
func mix(z uint64) uint64 {
	z ^= z >> 30
	z *= 0xbf58476d1ce4e5b9
	z ^= z >> 27
	z *= 0x94d049bb133111eb
	return z ^ z>>31
}

func unmix(z uint64) uint64 {
	z ^= z>>31 ^ z>>62
	z *= 0x319642b2d24d8ec3
	z ^= z>>27 ^ z>>54
	z *= 0x96de1b173f119089
	return z ^ z>>30 ^ z>>60
}

// hash2 and hash3 give well spread numbers for a key and one or two indices.
func hash2(key uint64, a int) uint64 { return mix(key + uint64(a+1)*0x9e3779b97f4a7c15) }

func hash3(key uint64, a, b int) uint64 {
	return mix(hash2(key, a) + uint64(b+1)*0xd1b54a32d192ed03)
}

func hashText(key uint64, s string) uint64 {
	h := mix(key + uint64(len(s)))
	for i := range len(s) {
		h = mix(h + uint64(s[i]) + 0x9e3779b97f4a7c15)
	}
	return h
}

// scatter and gather are inverse permutations of 0..99,999,999: they make the digits
// of neighbouring people look unrelated while a number can be turned back into its index.
const (
	scatterRange   = 100_000_000
	scatterFactor  = 61_803_399
	scatterInverse = 82_636_599 // scatterFactor * scatterInverse = 1 modulo scatterRange
)

func scatter(i int, offset uint64) uint64 {
	return (uint64(i)*scatterFactor + offset%scatterRange) % scatterRange
}

func gather(v, offset uint64) int {
	return int((v + scatterRange - offset%scatterRange) % scatterRange * scatterInverse % scatterRange)
}
