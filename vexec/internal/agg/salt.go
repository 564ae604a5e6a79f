package agg

// saltTable is a table of groups for keys that stand elsewhere: open addressing,
// linear probing, a power of two of slots, at least half of them free.
type saltTable []saltSlot

// saltSlot is half of the key's hash, which also says where the slot is, above
// the group + 1; 0: free.
type saltSlot uint64

func slotOf(hash, id uint32) saltSlot { return saltSlot(hash)<<32 | saltSlot(id+1) }

func (s saltSlot) salt() uint32 { return uint32(s >> 32) }
func (s saltSlot) id() uint32   { return uint32(s) - 1 }

// salt takes the half of a hash that a table uses.
func salt(hash uint64) uint32 { return uint32(hash) }

// first is the group in the first slot of a hash, if it may be the one.
func (t saltTable) first(hash uint32) (id uint32, ok bool) {
	s := t[hash&uint32(len(t)-1)]
	return s.id(), s.salt() == hash && s != 0
}

// grow returns the table with n slots.
func (t saltTable) grow(n int) saltTable {
	bigger := make(saltTable, n)
	mask := uint32(n - 1)
	for _, s := range t {
		if s == 0 {
			continue
		}
		p := s.salt() & mask
		for bigger[p] != 0 {
			p = (p + 1) & mask
		}
		bigger[p] = s
	}
	return bigger
}
