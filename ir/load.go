package ir

// AllStages are the stages of a plan and of its loads: those of loads first, in the order
// in which they run.
func (p *Plan) AllStages() []*Stage {
	var out []*Stage
	for _, l := range p.Loads {
		out = append(out, l.Plan.AllStages()...)
	}
	return append(out, p.Stages...)
}

// NumberLoads gives the stages of a plan's loads numbers of their own, behind those of the
// plan: a number names one stage, and the plan's are its places.
func (p *Plan) NumberLoads() { p.numberLoads(len(p.Stages)) }

func (p *Plan) numberLoads(next int) int {
	for _, l := range p.Loads {
		next = l.Plan.numberLoads(next)
		to := map[int]int{}
		for _, s := range l.Plan.Stages {
			to[s.ID] = next
			s.ID = next
			next++
			for i := range s.In {
				s.In[i].From = to[s.In[i].From]
			}
		}
	}
	return next
}

// LoadByID finds a load of the plan; nil: there is none.
func (p *Plan) LoadByID(id int) *Load {
	for _, l := range p.Loads {
		if l.ID == id {
			return l
		}
	}
	return nil
}
